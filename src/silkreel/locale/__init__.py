"""Every sentence for people in one template, and one catalogue for each language it is said in."""
