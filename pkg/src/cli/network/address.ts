import { BlockList, isIP } from "node:net";

/** Where an IP address leads: to everybody's network, one's own, or what is only on this link. */
export type Reach = "public" | "private" | "link-local";

const privately = new BlockList();
const linkLocal = new BlockList();
const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

// Sources: the registries of IANA for special-purpose addresses of IPv4 and IPv6.
for (const [list, kind, address, bits] of [
  [privately, "ipv4", "0.0.0.0", 8],
  [privately, "ipv4", "10.0.0.0", 8],
  [privately, "ipv4", "100.64.0.0", 10],
  [privately, "ipv4", "127.0.0.0", 8],
  [privately, "ipv4", "172.16.0.0", 12],
  [privately, "ipv4", "192.0.0.0", 24],
  [privately, "ipv4", "192.168.0.0", 16],
  [privately, "ipv4", "198.18.0.0", 15],
  [privately, "ipv4", "224.0.0.0", 3],
  [privately, "ipv6", "::", 127],
  [privately, "ipv6", "64:ff9b:1::", 48],
  [privately, "ipv6", "fc00::", 7],
  [privately, "ipv6", "fec0::", 10],
  [privately, "ipv6", "ff00::", 8],
  [linkLocal, "ipv4", "169.254.0.0", 16],
  [linkLocal, "ipv6", "fe80::", 10],
  // The metadata of Amazon's machines, of which no other address is like it.
  [linkLocal, "ipv6", "fd00:ec2::254", 128],
] as const) list.addSubnet(address, bits, kind);

/** @param address an IP address, without brackets; what is none counts as private */
export function reachOf(address: string): Reach {
  const plain = mapped(address.replace(/%.*$/, ""));
  const version = isIP(plain);
  if (version === 0) return "private";
  const kind = version === 4 ? "ipv4" : "ipv6";
  if (linkLocal.check(plain, kind)) return "link-local";
  return privately.check(plain, kind) ? "private" : "public";
}

/** The address of IPv4 in one of IPv6 (mapped, or translated by NAT64), or else the address itself. */
function mapped(address: string): string {
  if (isIP(address) !== 6) return address;
  const { hostname } = new URL(`http://[${address}]`);
  const [, high = "", low = ""] = /^\[(?:::ffff|64:ff9b:):([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname) ?? [];
  if (high === "") return address;
  const [first, second] = [parseInt(high, 16), parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join(".");
}

/** Whether only programs of this machine reach an address or a name, whatever a name server says. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === "localhost";
  return loopback.check(host, version === 4 ? "ipv4" : "ipv6");
}

/** The host of a URL as an address or a name: without the brackets that a URL has around an address of IPv6. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
