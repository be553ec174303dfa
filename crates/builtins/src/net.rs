//! `net.cidr_*`: networks, as Go understands them: an IPv4 address in IPv6 notation is the IPv4 address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Builtin, Call, Failure, Host, Outcome, operand};
use values::Value;

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "net.cidr_contains",
        signature: "(cidr: string, cidr_or_ip: string) => result: boolean",
        call: Call::Pure(contains),
    },
    Builtin {
        name: "net.cidr_contains_matches",
        signature: "(cidrs: any<string, array[any<string, array[any]>], \
                    object[string: any<string, array[any]>], set[any<string, array[any]>]>, \
                    cidrs_or_ips: any<string, array[any<string, array[any]>], \
                    object[string: any<string, array[any]>], set[any<string, array[any]>]>) \
                    => output: set[array<any, any>]",
        call: Call::Bounded(contains_matches),
    },
    Builtin {
        name: "net.cidr_expand",
        signature: "(cidr: string) => hosts: set[string]",
        call: Call::Bounded(expand),
    },
    Builtin {
        name: "net.cidr_intersects",
        signature: "(cidr1: string, cidr2: string) => result: boolean",
        call: Call::Pure(intersects),
    },
    Builtin {
        name: "net.cidr_is_valid",
        signature: "(cidr: string) => result: boolean",
        call: Call::Pure(is_valid),
    },
    Builtin {
        name: "net.cidr_merge",
        signature: "(addrs: any<array[any<string>], set[string]>) => output: set[string]",
        call: Call::Pure(merge),
    },
    Builtin {
        name: "net.cidr_overlap",
        signature: "(string, string) => boolean",
        call: Call::Pure(contains),
    },
];

fn contains(operands: &[Value]) -> Outcome {
    let network = read(operand::string(operands, 0)?)?;
    let other = operand::any(operands, 1)?;
    // OPA also calls this the first operand.
    let other = other
        .as_str()
        .ok_or_else(|| operand::mismatch(0, other, "string"))?;
    Ok(Some(network.holds(other)?.into()))
}

fn intersects(operands: &[Value]) -> Outcome {
    let one = read(operand::string(operands, 0)?)?;
    let other = operand::any(operands, 1)?;
    let other = other
        .as_str()
        .ok_or_else(|| operand::mismatch(0, other, "string"))?;
    let other = read(other)?;
    let overlap = one.covers(other.first()) || other.covers(one.first());
    Ok(Some(overlap.into()))
}

fn is_valid(operands: &[Value]) -> Outcome {
    let text = operand::any(operands, 0)?.as_str();
    let valid = text.and_then(Network::read).is_some();
    Ok(Some(valid.into()))
}

fn contains_matches(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    let networks = candidates(operands, 0)?;
    let mut found = Vec::new();
    for (network, index) in networks {
        let others = candidates(operands, 1)?;
        host.charge(others.len())?;
        let text = |value: &Value| {
            value
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| operand::mismatch(0, value, "string"))
        };
        for (other, other_index) in others {
            if read(&text(network)?)?.holds(&text(other)?)? {
                found.push(Value::array([index.clone(), other_index]));
            }
        }
    }
    Ok(Some(Value::set(found)))
}

/// The strings in an operand, each with the key or value that identifies it in the result.
fn candidates(operands: &[Value], at: usize) -> Result<Vec<(&Value, Value)>, Failure> {
    match operand::any(operands, at)? {
        whole @ (Value::String(_) | Value::Bytes(_)) => Ok(vec![(whole, whole.clone())]),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(i, item)| Ok((text(item, at)?, i.into())))
            .collect(),
        Value::Set(set) => set
            .iter()
            .map(|item| Ok((text(item, at)?, item.clone())))
            .collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, item)| Ok((text(item, at)?, key.clone())))
            .collect(),
        _ => Ok(Vec::new()),
    }
}

fn text(item: &Value, at: usize) -> Result<&Value, Failure> {
    match item {
        Value::String(_) | Value::Bytes(_) => Ok(item),
        Value::Array(items) if !items.is_empty() => Ok(items.first().unwrap_or(item)),
        _ => Err(Failure::Failed(format!(
            "operand {}: element must be string or non-empty array",
            at + 1
        ))),
    }
}

fn expand(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    let network = read(operand::string(operands, 0)?)?;
    let count = network.last() - network.first();
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    // A string, and its place in the set.
    host.charge(count.saturating_mul(2).saturating_add(2))?;
    let addresses = (network.first()..=network.last()).map(|address| Value::from(written(address)));
    Ok(Some(Value::set(addresses)))
}

fn merge(operands: &[Value]) -> Outcome {
    let items: Vec<&Value> = match operand::any(operands, 0)? {
        Value::Array(items) => items.iter().collect(),
        Value::Set(set) => set.iter().collect(),
        _ => return Err(Failure::Failed("operand must be an array".to_owned())),
    };
    let mut ranges = items
        .into_iter()
        .map(Range::from_value)
        .collect::<Result<Vec<_>, _>>()?;
    sort::by_key(&mut ranges, |range| (range.last, range.first));
    for i in (1..ranges.len()).rev() {
        let [before, range] = match ranges.get(i - 1..=i) {
            Some([before, range]) => [*before, *range],
            _ => continue,
        };
        if range.before() <= before.last {
            ranges.remove(i);
            if let Some(merged) = ranges.get_mut(i - 1) {
                *merged = Range {
                    first: before.first.min(range.first),
                    last: range.last,
                    network: None,
                };
            }
        }
    }
    let networks = ranges.into_iter().flat_map(|range| match range.network {
        Some(network) => vec![network.to_string()],
        None => range.networks(),
    });
    Ok(Some(Value::set(networks.map(Value::from))))
}

fn read(text: &str) -> Result<Network, Failure> {
    Network::read(text).ok_or_else(|| Failure::Failed(format!("invalid CIDR address: {text}")))
}

/// The prefix of IPv4 addresses in IPv6.
const MAPPED: u128 = 0xffff_0000_0000;

/// An address as one of IPv6; an IPv4 address as the IPv6 address that it is mapped to.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => MAPPED | u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn is_v4(number: u128) -> bool {
    number >> 32 == MAPPED >> 32
}

/// An address in Go's notation.
fn written(number: u128) -> String {
    match u32::try_from(number ^ MAPPED) {
        Ok(bits) if is_v4(number) => Ipv4Addr::from_bits(bits).to_string(),
        _ => Ipv6Addr::from_bits(number).to_string(),
    }
}

/// A network: the addresses with a common prefix.
#[derive(Clone, Copy)]
struct Network {
    /// The address with the host bits cleared.
    address: u128,
    /// The length of the prefix, in bits of an IPv6 address.
    prefix: u32,
}

impl Network {
    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let is_digits = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit());
        let prefix: u32 = is_digits.then(|| prefix.parse().ok())??;
        let prefix = if address.is_ipv4() {
            prefix.checked_add(96)?
        } else {
            prefix
        };
        if prefix > 128 {
            return None;
        }
        let address = number(address) & mask(prefix);
        Some(Self { address, prefix })
    }

    fn first(&self) -> u128 {
        self.address
    }

    fn last(&self) -> u128 {
        self.address | !mask(self.prefix)
    }

    /// Whether an address is in it. Go only compares addresses of the same family, and takes a mapped IPv6 address
    /// for IPv4. So an IPv6 network whose first address isn't a mapped one contains none of those.
    fn covers(&self, address: u128) -> bool {
        is_v4(self.address) == is_v4(address)
            && address & mask(self.prefix) == self.address & mask(self.prefix)
    }

    /// Whether it contains the address or network in a string.
    fn holds(&self, text: &str) -> Result<bool, Failure> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(self.covers(number(address)));
        }
        let other = Self::read(text).ok_or_else(|| {
            Failure::Failed(format!(
                "not a valid textual representation of an IP address or CIDR: {text}"
            ))
        })?;
        if !is_v4(self.address) && !is_v4(other.address) {
            return Ok(
                self.prefix <= other.prefix && other.address & mask(self.prefix) == self.address
            );
        }
        Ok(self.covers(other.first()) && self.covers(other.last()))
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let prefix = if is_v4(self.address) {
            self.prefix - 96
        } else {
            self.prefix
        };
        write!(f, "{}/{prefix}", written(self.address))
    }
}

fn mask(prefix: u32) -> u128 {
    u128::MAX.checked_shl(128 - prefix).unwrap_or(0)
}

/// A range of addresses: a network as it was given, or several that were merged.
#[derive(Clone, Copy)]
struct Range {
    first: u128,
    last: u128,
    network: Option<Network>,
}

impl Range {
    fn from_value(item: &Value) -> Result<Self, Failure> {
        let text = item
            .as_str()
            .ok_or_else(|| Failure::Failed("element must be string".to_owned()))?;
        let network = match text.parse::<IpAddr>() {
            Ok(address) if is_v4(number(address)) => {
                // The classes of old, as in Go's `DefaultMask`. The address doesn't change.
                let prefix = match (number(address) >> 24) & 0xff {
                    0..128 => 8,
                    128..192 => 16,
                    _ => 24,
                };
                Network {
                    address: number(address),
                    prefix: 96 + prefix,
                }
            }
            Ok(_) => {
                return Err(Failure::Failed(
                    "IPv6 invalid: needs prefix length".to_owned(),
                ));
            }
            Err(_) => read(text)?,
        };
        Ok(Self {
            first: network.address & mask(network.prefix),
            last: network.last(),
            network: Some(network),
        })
    }

    /// The address before the first one, unless that is the first of its family.
    fn before(&self) -> u128 {
        if self.first == MAPPED || self.first == 0 {
            self.first
        } else {
            self.first - 1
        }
    }

    /// The smallest list of networks with these addresses.
    fn networks(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut first = self.first;
        loop {
            let room = self.last - first;
            let aligned = first.trailing_zeros().min(128);
            let fits = room.checked_add(1).map_or(128, |count| count.ilog2());
            let bits = aligned.min(fits);
            let network = Network {
                address: first,
                prefix: 128 - bits,
            };
            found.push(network.to_string());
            let last = network.last();
            if last >= self.last {
                return found;
            }
            first = last + 1;
        }
    }
}
