"""`silkreel lines`."""

from cyclopts import App

app = App(name="lines")
