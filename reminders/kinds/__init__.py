"""The kinds of message about visits, one file for each subject, with the first version of their words."""
