"""Ways to pay, one file each; they come by the entry points `silkreel.payments`."""
