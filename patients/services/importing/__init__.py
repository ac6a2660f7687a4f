"""Tables from other systems: a map says what each column means, a loop stores what is right and hands back the rest.

`maps` reads the map, `rows` a row through it, `loop` runs over a file with any importer, `people` is the importer of
patients, `runs` does it in the background for the admin. Higher floors bring importers of their own.
"""
