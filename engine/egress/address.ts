// engine/egress/address.ts: which addresses are somebody's own network, where a page has no business.
import { BlockList, isIP } from 'node:net'

// IANA special-purpose address registries (RFC 6890 and updates): loopback, private, link-local, carrier-grade, test nets,
// multicast, reserved; and the same inside the forms of IPv6 that carry an IPv4 address.
const ranges4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
const ranges6: readonly (readonly [string, number])[] = [
  ['::', 8], // unspecified, loopback, IPv4-compatible and IPv4-mapped
  ['64:ff9b::', 96], // NAT64
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23], // Teredo and protocol assignments
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

// Two lists: one for both would find every IPv4 address in `::/8`, as the mapped one that it also is.
const [own4, own6] = [new BlockList(), new BlockList()]
for (const [address, bits] of ranges4) own4.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of ranges6) own6.addSubnet(address, bits, 'ipv6')

/** True for an address that is not on the public internet, and for a text that is no address. */
export function isOwnNetwork(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').split('%')[0] ?? ''
  const kind = isIP(bare)
  if (kind === 0) return true
  return kind === 4 ? own4.check(bare, 'ipv4') : own6.check(bare, 'ipv6')
}
