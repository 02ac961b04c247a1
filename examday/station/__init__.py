"""The one-laptop station: private broker, workers, schedule, hot folder, relay and web server as
one process tree.
"""
