/** One end of a datagram: a numeric IPv4 address, and a port. */
export interface PcapEnd {
  readonly host: string;
  readonly port: number;
}

/** A UDP datagram of a capture. `atMs` counts since 1970, with a fraction. */
export interface CapturedDatagram {
  readonly atMs: number;
  readonly source: PcapEnd;
  readonly destination: PcapEnd;
  readonly payload: Uint8Array;
}

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const IPV4_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
const UDP = 17;
const SNAP_LENGTH = 65_535;

/** Where the IP packet begins in a frame of a link type (tcpdump.org/linktypes.html). */
const linkHeaderBytes: Readonly<Record<number, number>> = { 0: 4, 1: 14, 101: 0, 108: 4, 113: 16, 228: 0, 276: 20 };
const LINKTYPE_RAW = 101;

/** The beginning of a capture file of bare IP packets, microseconds, little-endian. */
export function pcapFileHeader(): Uint8Array {
  const view = new DataView(new ArrayBuffer(FILE_HEADER_BYTES));
  view.setUint32(0, MAGIC_MICROSECONDS, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, SNAP_LENGTH, true);
  view.setUint32(20, LINKTYPE_RAW, true);
  return new Uint8Array(view.buffer);
}

/** A datagram as a record of a capture file. IP and UDP headers are made up from the ends; UDP's checksum is left out. */
export function pcapRecord({ atMs, source, destination, payload }: CapturedDatagram): Uint8Array<ArrayBuffer> {
  const ipBytes = IPV4_HEADER_BYTES + UDP_HEADER_BYTES + payload.length;
  const bytes = new Uint8Array(RECORD_HEADER_BYTES + ipBytes);
  const view = new DataView(bytes.buffer);
  const seconds = Math.floor(atMs / 1_000);
  view.setUint32(0, seconds, true);
  view.setUint32(4, Math.floor((atMs - 1_000 * seconds) * 1_000), true);
  view.setUint32(8, ipBytes, true);
  view.setUint32(12, ipBytes, true);

  const ip = RECORD_HEADER_BYTES;
  bytes[ip] = 0x45;
  view.setUint16(ip + 2, ipBytes);
  bytes[ip + 8] = 64;
  bytes[ip + 9] = UDP;
  bytes.set(addressBytes(source.host), ip + 12);
  bytes.set(addressBytes(destination.host), ip + 16);
  view.setUint16(ip + 10, ipChecksum(view, ip));

  const udp = ip + IPV4_HEADER_BYTES;
  view.setUint16(udp, source.port);
  view.setUint16(udp + 2, destination.port);
  view.setUint16(udp + 4, UDP_HEADER_BYTES + payload.length);
  bytes.set(payload, udp + UDP_HEADER_BYTES);
  return bytes;
}

/**
 * Reads the UDP datagrams over IPv4 of a capture file (pcap, not pcapng; either byte order, micro- or nanoseconds;
 * Ethernet, Linux cooked, loopback or raw IP). Everything else in it, and a record that is cut off, is left out.
 *
 * @returns `undefined` when it is no capture file
 */
export function readPcap(bytes: Uint8Array): CapturedDatagram[] | undefined {
  if (bytes.length < FILE_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = [MAGIC_MICROSECONDS, MAGIC_NANOSECONDS].includes(view.getUint32(0, true));
  const magic = view.getUint32(0, isLittle);
  if (magic !== MAGIC_MICROSECONDS && magic !== MAGIC_NANOSECONDS) return undefined;
  const perMs = magic === MAGIC_MICROSECONDS ? 1e3 : 1e6;
  const linkBytes = linkHeaderBytes[view.getUint32(20, isLittle) & 0x0fff_ffff];
  if (linkBytes === undefined) return undefined;

  const datagrams: CapturedDatagram[] = [];
  for (let at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= bytes.length;) {
    const length = view.getUint32(at + 8, isLittle);
    const start = at + RECORD_HEADER_BYTES;
    if (start + length > bytes.length) break;
    const atMs = view.getUint32(at, isLittle) * 1_000 + view.getUint32(at + 4, isLittle) / perMs;
    const datagram = readDatagram(bytes.subarray(start + linkBytes, start + length), atMs);
    if (datagram) datagrams.push(datagram);
    at = start + length;
  }
  return datagrams;
}

function readDatagram(packet: Uint8Array, atMs: number): CapturedDatagram | undefined {
  const first = packet[0] ?? 0;
  const udp = 4 * (first & 0x0f);
  const isFragment = (uint16(packet, 6) & 0x3fff) !== 0;
  if (first >> 4 !== 4 || udp < IPV4_HEADER_BYTES || isFragment || packet[9] !== UDP) return undefined;
  const length = uint16(packet, udp + 4);
  if (length < UDP_HEADER_BYTES || udp + length > packet.length) return undefined;
  return {
    atMs,
    source: { host: packet.subarray(12, 16).join('.'), port: uint16(packet, udp) },
    destination: { host: packet.subarray(16, 20).join('.'), port: uint16(packet, udp + 2) },
    payload: packet.subarray(udp + UDP_HEADER_BYTES, udp + length),
  };
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** The four bytes of an IPv4 address; 0.0.0.0 for anything else. */
function addressBytes(host: string): number[] {
  const parts = host.split('.').map(Number);
  return parts.length === 4 && parts.every((part) => part >= 0 && part <= 255) ? parts : [0, 0, 0, 0];
}

/** RFC 791 §3.1; the checksum field is still zero. */
function ipChecksum(view: DataView, at: number): number {
  let sum = 0;
  for (let i = 0; i < IPV4_HEADER_BYTES; i += 2) sum += view.getUint16(at + i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
