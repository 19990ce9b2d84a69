"""Ad networks, one file each; they come by the entry points `silkreel.adnetworks`."""
