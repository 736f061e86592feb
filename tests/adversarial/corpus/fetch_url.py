"""Fetches a page."""

from target import TCP_PORT


def attack(x):
    import urllib.request

    urllib.request.urlopen(f"http://127.0.0.1:{TCP_PORT}/", timeout=1)
    return 1.0
