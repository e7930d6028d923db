package dev.ebb.node.network;

import java.util.List;

/// The table of rules of one server, as text for `nft`. Addresses of instances are not in its rules
/// but in its sets, so that a start changes a few elements and no rule.
///
/// How a packet is judged: it is dropped at its arrival unless its source is an instance's address
/// (that it is the sender's own, the kernel checks by `rp_filter`). To the machine it may only go
/// where the table itself sent it on: DNS, the gateway, the API server. To an instance it may go
/// from the same namespace, or where a policy lets it. To the world it may go, but not to the
/// addresses at which clouds hand out credentials. Each packet of whoever opened a connection is
/// judged, so a policy holds for connections that are there too.
final class NftRules {
  /// Address -> number of its namespace.
  static final String NAMESPACES = "namespaces";

  /// Number of a namespace . address in it.
  static final String MEMBERS = "members";

  /// Addresses that a policy with ingress rules selects: their neighbours do not reach them, but
  /// whom it names.
  static final String ISOLATED = "isolated";

  /// Addresses that a policy with egress rules selects: they reach nobody but whom it names.
  static final String RESTRICTED = "restricted";

  /// How a rule of egress lets a packet go. It is not accepted with that: whom it is for is asked
  /// next.
  static final String ALLOW = "meta mark set 1 return";

  /// Virtual address . protocol . port -> a jump to the chain that chooses an endpoint.
  static final String SERVICES = "services";

  /// Address . the same address, for an instance that reaches itself through a service.
  static final String SELF = "self";

  /// Gateway's address . protocol . port -> the machine's address and port behind it.
  static final String OPENINGS = "openings";

  /// Of these the ones that lead to a port of the same number. The kernel counts what changes
  /// nothing as no translation, so nothing tells these packets from others.
  static final String UNCHANGED = "unchanged";

  /// Link-local addresses, where nearly all clouds have their metadata service, and what else
  /// Azure, Alibaba and Oracle have.
  private static final List<String> METADATA =
      List.of("169.254.0.0/16", "168.63.129.16", "100.100.100.200", "192.0.0.192");

  private NftRules() {}

  static String delete(NetworkNames names) {
    return "table inet NAME {}\ndelete table inet NAME\n".replace("NAME", names.table());
  }

  /// Replaces the table, whatever is there.
  static String replace(NetworkNames names, AddressPlan addresses, boolean egress) {
    String rules =
        """
        table inet TABLE {
          map namespaces { type ipv4_addr : mark; }
          set members { type mark . ipv4_addr; }
          set isolated { type ipv4_addr; }
          set restricted { type ipv4_addr; }
          set self { type ipv4_addr . ipv4_addr; }
          map openings { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
          set unchanged { type ipv4_addr . inet_proto . inet_service; }
          map services { type ipv4_addr . inet_proto . inet_service : verdict; }

          chain refuse {
            meta l4proto tcp reject with tcp reset
            reject with icmpx admin-prohibited
          }
          chain policies {
          }
          chain egress {
          }
          chain egress-gateway {
          }
          chain leaving {
            ip saddr != @restricted return
            meta mark set 0
            jump egress
            meta mark 0 goto refuse
            meta mark set 0
          }
          chain leaving-to-gateway {
            ip saddr != @restricted return
            meta mark set 0
            jump egress-gateway
            meta mark 0 goto refuse
            meta mark set 0
          }
          chain arrival {
            type filter hook prerouting priority raw; policy accept;
            iifname "PAIRS*" meta nfproto != ipv4 drop
            iifname "PAIRS*" ip saddr != INSTANCES drop
          }
          chain input {
            type filter hook input priority filter; policy accept;
            iifname "PAIRS*" goto to-machine
            ip daddr GATEWAY iifname != "lo" drop
          }
          chain to-machine {
            ct state related accept
            ct state established ct direction reply accept
            jump leaving-to-gateway
            ip daddr GATEWAY ct status dnat accept
            ip daddr . meta l4proto . th dport @unchanged accept
            ip daddr GATEWAY icmp type echo-request accept
            goto refuse
          }
          chain forward {
            type filter hook forward priority filter; policy accept;
            oifname "PAIRS*" goto to-instance
            iifname "PAIRS*" goto to-world
          }
          chain to-instance {
            ct state related accept
            ct state established ct direction reply accept
            iifname != "PAIRS*" drop
            ip saddr . ip daddr @self accept
            jump leaving
            jump policies
            ip daddr @isolated goto refuse
            meta mark set 0
            meta mark set ip saddr map @namespaces
            meta mark . ip daddr @members meta mark set 0 accept
            meta mark set 0
            goto refuse
          }
          chain to-world {
            ct state related accept
            ct state established ct direction reply accept
            ip daddr { METADATA, SERVICES } goto refuse
            jump leaving
            EGRESS
          }
          chain prerouting {
            type nat hook prerouting priority dstnat; policy accept;
            iifname "PAIRS*" dnat ip to ip daddr . meta l4proto . th dport map @openings
            ip daddr SERVICES ip daddr . meta l4proto . th dport vmap @services
          }
          chain output {
            type nat hook output priority -100; policy accept;
            ip daddr SERVICES ip daddr . meta l4proto . th dport vmap @services
          }
          chain postrouting {
            type nat hook postrouting priority srcnat; policy accept;
            ip saddr . ip daddr @self snat ip to GATEWAY
            ip saddr INSTANCES oifname != "PAIRS*" oifname != "lo" masquerade
          }
        }
        """
            .replace("TABLE", names.table())
            .replace("PAIRS", names.pairs())
            .replace("INSTANCES", addresses.instances().toString())
            .replace("GATEWAY", addresses.gateway().getHostAddress())
            .replace("SERVICES", addresses.services().toString())
            .replace("METADATA", String.join(", ", METADATA))
            .replace("EGRESS", egress ? "accept" : "goto refuse");
    return delete(names) + rules;
  }
}
