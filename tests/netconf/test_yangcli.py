# SPDX-License-Identifier: MIT
"""The same server seen by yangcli."""

import os
import subprocess

import server


def yangcli(site, *lines):
    home = os.path.join(site.node.dir, "yangcli")
    os.makedirs(home, exist_ok=True)
    script = os.path.join(home, "script")
    with open(script, "w", encoding="ascii") as f:
        f.write("\n".join(lines) + "\n")
    p = subprocess.run(site.node.ns.exec_args(
        ["yangcli", "--server=127.0.0.1", f"--ncport={server.SSH_PORT}", "--user=adm",
         f"--public-key={site.key('adm')}.pub", f"--private-key={site.key('adm')}",
         "--password=x", "--batch-mode", f"--run-script={script}"]),
        env=dict(os.environ, HOME=home), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=120, check=False)
    return p.stdout + p.stderr


def test_edit_validate_commit(site, nc):
    out = yangcli(site, "lock target=candidate",
                  "create /sd-sys:system/sd-sys:hostname value=yang",
                  "validate source=candidate", "commit",
                  "unlock target=candidate",
                  "sget-config /sd-sys:system source=running",
                  "delete /sd-sys:system/sd-sys:hostname", "commit",
                  "get-schema identifier=srcdest-types version=2026-11-22 format=yang")
    assert "hostname yang" in out, out
    assert server.running_hostname(nc) is None, out
