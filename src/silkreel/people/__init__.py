"""Who is here: viewers, staff and their rights, brands, the staff's door, and what was done by whom."""
