"""Steps that are remembered: queues, workers, attempts."""
