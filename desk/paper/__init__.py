"""Day lists on paper, for when the network or the power is gone: made every hour into a folder, and on demand."""
