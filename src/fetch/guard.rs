//! Which addresses may be connected to.
//!
//! A URL comes from a stranger: a feed, a redirect, a name whose owner points it where he likes. None of them may
//! make us ask machines inside our own network. So only addresses that are public in the IANA registries are
//! connected to, unless the person who runs us lists their network. IPv6 addresses that carry an IPv4 one inside
//! are judged by that.
//!
//! Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), IPv6 Address Space (RFC 4291).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::options::Network;

/// Says of each address whether it may be connected to.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard {
    allowed: Vec<Network>,
}

impl Guard {
    /// Public addresses and those in `allowed` pass.
    pub(super) fn new(allowed: &[Network]) -> Self {
        Self { allowed: allowed.to_vec() }
    }

    /// Whether the address may be connected to.
    pub(super) fn permits(&self, address: IpAddr) -> bool {
        if self.allowed.iter().any(|network| network.contains(address)) {
            return true;
        }
        match address {
            IpAddr::V4(v4) => is_public_v4(v4),
            IpAddr::V6(v6) => match embedded(v6) {
                Some(v4) => self.permits(IpAddr::V4(v4)),
                None => is_public_v6(v6),
            },
        }
    }
}

/// First address and prefix length of the IPv4 ranges that are not for the public.
const SPECIAL_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),       // "this network", RFC 791
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private use, RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // shared by carriers, RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback, RFC 1122
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local, RFC 3927; cloud machines' metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private use, RFC 1918
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // IETF protocols, RFC 6890
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation, RFC 5737
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // 6to4 relays, given up by RFC 7526
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private use, RFC 1918
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarking, RFC 2544
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation, RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation, RFC 5737
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast, RFC 5771
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, RFC 1112; holds the limited broadcast
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|(network, len)| (address.to_bits() ^ network.to_bits()) >> (32 - len) == 0)
}

/// First address and prefix length of the ranges within 2000::/3 that are not for the public.
const SPECIAL_V6: [(Ipv6Addr, u32); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // IETF protocols, RFC 2928: Teredo, benchmarking, ORCHID
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation, RFC 3849
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation, RFC 9637
];

/// Global unicast is 2000::/3; loopback, unique local, link-local, multicast and all that is not yet given out lie
/// outside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let within = |network: Ipv6Addr, len: u32| (address.to_bits() ^ network.to_bits()) >> (128 - len) == 0;
    within(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)
        && !SPECIAL_V6.iter().any(|(network, len)| within(*network, *len))
}

/// The IPv4 address that traffic to this one ends at.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bits = address.to_bits();
    match address.segments() {
        // IPv4-mapped, RFC 4291; IPv4-compatible, its forerunner (`::` and `::1` among them); NAT64, RFC 6052.
        [0, 0, 0, 0, 0, 0xffff | 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(Ipv4Addr::from_bits(bits as u32)),
        // 6to4, RFC 3056.
        [0x2002, ..] => Some(Ipv4Addr::from_bits((bits >> 80) as u32)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(allowed: &[&str], address: &str, permitted: bool) {
        let allowed: Vec<Network> = allowed.iter().map(|network| network.parse().unwrap()).collect();
        assert_eq!(Guard::new(&allowed).permits(address.parse().unwrap()), permitted, "{address} with {allowed:?}");
    }

    #[test]
    fn public_addresses_pass() {
        for address in ["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "192.0.1.1", "223.255.255.255"] {
            check(&[], address, true);
        }
        for address in ["2606:4700::1111", "2a00:1450:4001::1", "2001:200::1", "2001:4860:4860::8888"] {
            check(&[], address, true);
        }
    }

    #[test]
    fn addresses_of_special_use_are_refused() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            check(&[], address, false);
        }
        for address in [
            "::",
            "::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "2001:db8::1",
            "2001:2::1",
            "2001:10::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "64:ff9b:1::808:808",
        ] {
            check(&[], address, false);
        }
    }

    #[test]
    fn an_ipv4_address_inside_an_ipv6_one_decides() {
        for address in [
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b::192.168.0.1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
        ] {
            check(&[], address, false);
        }
        for address in ["::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"] {
            check(&[], address, true);
        }
        // Teredo hides its IPv4 address inverted; none is let through.
        check(&[], "2001:0:101:101::80ff:fffe", false);
    }

    #[test]
    fn listed_networks_pass_and_no_others() {
        check(&["10.1.0.0/16"], "10.1.2.3", true);
        check(&["10.1.0.0/16"], "10.2.2.3", false);
        check(&["127.0.0.1"], "127.0.0.1", true);
        check(&["127.0.0.1"], "127.0.0.2", false);
        check(&["127.0.0.1"], "::ffff:127.0.0.1", true);
        check(&["::1"], "::1", true);
        check(&["::1"], "127.0.0.1", false);
        check(&["fd00::/8"], "fd12::1", true);
    }
}
