# SPDX-License-Identifier: MIT
def pytest_configure(config):
    config.addinivalue_line("markers", "rfc(*ids): the requirements the test proves")
