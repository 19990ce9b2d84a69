"""Checks of prose: none yet; `catalogue.NOT_THERE_YET` says what each waits for."""
