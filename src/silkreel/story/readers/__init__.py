"""Forms a story comes in; one file a form."""
