"""The staff's side of the server: their door, their team, the log, and the desk's pages."""
