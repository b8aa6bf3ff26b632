"""Access to the operating system for every room: other programs, threads, and the clock.

Each module promises one thing and knows nothing of the product. No secret of this process reaches another program.
"""
