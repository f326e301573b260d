"""Watches what a network namespace would send to other machines. Makes a device with a default route, by IPv4 and IPv6, behind
which nobody is, and prints one line of JSON for each packet that comes out of it. Sends nothing. `python3 watch-packets.py`"""

import fcntl
import ipaddress
import json
import os
import struct
import subprocess

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
NAME = "away0"
# RFC 5737 and RFC 3849: addresses for documentation, of nobody.
SETUP = [
    "addr add 192.0.2.2/24 dev away0",
    "addr add 2001:db8::2/64 dev away0 nodad",
    "link set away0 up",
    "route add default via 192.0.2.1 dev away0",
    "-6 route add default via 2001:db8::1 dev away0",
]

tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", NAME.encode(), IFF_TUN | IFF_NO_PI))
for command in SETUP:
    subprocess.run(["ip", *command.split()], check=True)
print(json.dumps({"watching": NAME}), flush=True)

while True:
    packet = os.read(tun, 65_535)
    version = packet[0] >> 4
    header = (packet[0] & 15) * 4 if version == 4 else 40
    to = ipaddress.ip_address(packet[16:20] if version == 4 else packet[24:40])
    # The kernel itself looks for routers and multicast groups on every device (RFC 4861, RFC 3810).
    if version == 6 and to.is_multicast:
        continue
    protocol = packet[9] if version == 4 else packet[6]
    port = int.from_bytes(packet[header + 2 : header + 4], "big")
    print(json.dumps({"to": str(to), "protocol": protocol, "port": port}), flush=True)
