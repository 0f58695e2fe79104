//! A host's name to the addresses that may be connected to.
//!
//! The addresses found here are the ones that are then connected to: nothing looks the name up a second time, so
//! a name cannot show the guard one address and the connection another.

use std::error::Error;
use std::net::IpAddr;
use std::sync::OnceLock;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::LookupIpStrategy;

use super::error::Cause;
use super::guard::Guard;

/// Looks names up, through the guard.
#[derive(Debug, Default)]
pub(super) struct Resolver {
    guard: Guard,
    service: OnceLock<Service>,
}

/// Who knows the names.
#[derive(Debug)]
enum Service {
    /// The servers of `/etc/resolv.conf`, after `/etc/hosts`.
    Servers(Box<TokioResolver>),
    /// The C library: on systems without a `resolv.conf` that we can read, names may still be known to it. We ask
    /// nobody the system does not, least of all a public server.
    System,
}

/// Why a name gave no address to connect to.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum LookupError {
    #[error("{0} is not a public address")]
    Refused(IpAddr),
    #[error("the name has no address")]
    NoSuchHost(#[source] Cause),
    #[error("the name service failed")]
    Failed(#[source] Cause),
}

impl Resolver {
    pub(super) fn new(guard: Guard) -> Self {
        Self { guard, service: OnceLock::new() }
    }

    /// Whether an address that stands in a URL as it is may be connected to.
    pub(super) fn permits(&self, address: IpAddr) -> bool {
        self.guard.permits(address)
    }

    /// The addresses of the host that may be connected to, never none.
    pub(super) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, LookupError> {
        self.permitted(self.all_addresses(host).await?)
    }

    /// All addresses of a host that a person named.
    pub(super) async fn all_addresses(&self, host: &str) -> Result<Vec<IpAddr>, LookupError> {
        match self.service.get_or_init(Service::new) {
            Service::Servers(servers) => ask_servers(servers, host).await,
            Service::System => ask_system(host).await,
        }
    }

    /// Of several addresses those that may be connected to: a stranger who adds a private one to his name gains
    /// nothing, and a site that does so by mistake is fetched all the same.
    fn permitted(&self, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, LookupError> {
        let (permitted, refused): (Vec<_>, Vec<_>) = found.into_iter().partition(|ip| self.guard.permits(*ip));
        match (permitted.is_empty(), refused.first()) {
            (false, _) => Ok(permitted),
            (true, Some(address)) => Err(LookupError::Refused(*address)),
            (true, None) => Err(LookupError::NoSuchHost(cause("no address was given"))),
        }
    }
}

impl Service {
    fn new() -> Self {
        let servers = TokioResolver::builder_tokio().and_then(|mut builder| {
            builder.options_mut().ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
            builder.build()
        });
        servers.map_or(Self::System, |servers| Self::Servers(Box::new(servers)))
    }
}

async fn ask_servers(servers: &TokioResolver, host: &str) -> Result<Vec<IpAddr>, LookupError> {
    // A name with a dot is whole: the search list of `resolv.conf` must not make another host of it.
    let absolute = if host.contains('.') && !host.ends_with('.') { format!("{host}.") } else { host.to_owned() };
    match servers.lookup_ip(absolute).await {
        Ok(found) => Ok(found.iter().collect()),
        Err(error) if error.is_no_records_found() => Err(LookupError::NoSuchHost(cause(error))),
        Err(error) => Err(LookupError::Failed(cause(error))),
    }
}

async fn ask_system(host: &str) -> Result<Vec<IpAddr>, LookupError> {
    // `getaddrinfo` does not say in a portable way whether the name is unknown or the service is away; taking it
    // for the latter costs a retry, the former a page.
    let found = tokio::net::lookup_host((host, 0)).await.map_err(|error| LookupError::Failed(cause(error)))?;
    Ok(found.map(|address| address.ip()).collect())
}

fn cause(error: impl Into<Box<dyn Error + Send + Sync>>) -> Cause {
    Cause::from(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn localhost_is_known_and_refused_unless_listed() {
        match Resolver::new(Guard::default()).addresses("localhost").await {
            Err(LookupError::Refused(address)) => assert!(address.is_loopback()),
            other => panic!("{other:?}"),
        }
        let listed = Guard::new(&["127.0.0.0/8".parse().unwrap()]);
        let found = Resolver::new(listed).addresses("localhost").await.unwrap();
        assert!(found.iter().all(|address| address.is_ipv4()), "{found:?}");
    }

    #[test]
    fn of_several_addresses_the_public_ones_are_kept() {
        let permitted = |found: &[&str]| {
            let found = found.iter().map(|address| address.parse().unwrap()).collect();
            Resolver::new(Guard::default()).permitted(found)
        };
        let public: IpAddr = "1.1.1.1".parse().unwrap();
        assert_eq!(permitted(&["10.0.0.1", "1.1.1.1", "::1"]).unwrap(), [public]);
        assert!(matches!(permitted(&["10.0.0.1", "::1"]), Err(LookupError::Refused(IpAddr::V4(_)))));
        assert!(matches!(permitted(&[]), Err(LookupError::NoSuchHost(_))));
    }

    #[tokio::test]
    async fn the_system_is_asked_where_no_server_is_known() {
        let resolver = Resolver::new(Guard::new(&["127.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()]));
        resolver.service.set(Service::System).unwrap();
        assert!(!resolver.addresses("localhost").await.unwrap().is_empty());
    }
}
