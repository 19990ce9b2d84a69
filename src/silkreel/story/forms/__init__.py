"""Forms a story goes out in; one file a form."""
