"""The numbered checks of a story: one function a code, registered by `catalogue.lint`."""
