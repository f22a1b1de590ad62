/* SPDX-License-Identifier: MIT */
/*
 * The Babel routing protocol, RFC 8966, source-specific throughout
 * (RFC 9079): all that the outside sees of it.
 *
 * An instance is a function of events: packets, deadlines, interfaces, local
 * routes and configuration go in, each with the moment it happened; packets,
 * chosen routes and notes come out through struct babel_env. It has no clock,
 * socket, log or random source of its own, and no state outside
 * struct babel, so the daemon, simulators, tests and fuzzers link the same
 * objects and several instances live in one process.
 *
 * The env functions are called from inside the event functions and must not
 * call back into the instance. Pointers they are given are good until they
 * return.
 */
#ifndef SRCDEST_BABELD_CORE_BABEL_H
#define SRCDEST_BABELD_CORE_BABEL_H

#include <stdbool.h>
#include <stdint.h>

#include "babeld/core/filter.h"
#include "babeld/core/wire.h"
#include "lib/base/mem.h"
#include "lib/base/mono.h"
#include "lib/base/prefix.h"
#include "lib/base/span.h"

struct babel;

typedef uint32_t ifid_t; /* the kernel's ifindex; 0 is none */

enum babel_link_type { BABEL_WIRED, BABEL_WIRELESS, BABEL_TUNNEL };

/* How the Hellos that arrive become an rxcost, RFC 8966 A.2. */
enum babel_quality {
	BABEL_QUALITY_OF_TYPE, /* wireless: ETX, else k-out-of-j */
	BABEL_K_OUT_OF_J,
	BABEL_ETX,
};

/* What one neighbour costs more, or else, than the rest of its link. */
#define BABEL_NEIGH_COSTS 64
struct babel_neigh_cost {
	struct addr addr; /* its link-local address */
	uint16_t rxcost;  /* 0: that of the interface */
	uint16_t extra;	  /* added to the cost of the link to it */
};

/* How the round-trip time becomes cost, RFC 9616 4. */
struct babel_rtt_config {
	bool on;	 /* time stamps are sent and samples taken */
	uint16_t decay;	 /* 1..256: the weight of a new sample, in 1/256 */
	usec_t min, max; /* up to min it costs nothing, from max on the whole penalty */
	uint16_t max_penalty;
};

/* ---- MAC authentication, RFC 8967 and RFC 9467. ---- */

#define BABEL_KEYS_MAX	8  /* per interface: each costs a digest a packet, both ways */
#define BABEL_MAC_MAX	32 /* octets of a digest */
#define BABEL_AUTH_WINDOW 128 /* packets: S of RFC 9467 3.2 */
/* Who is there at all has spoken in that time, RFC 8967 4.4. */
#define BABEL_AUTH_QUIET  (300 * USEC_PER_SEC)
#define BABEL_INDEX_LEN 8  /* octets of our own Index: enough, RFC 8967 7 */

/* A key as the protocol sees it. The secret stays with whoever computes. */
struct babel_key {
	uint32_t handle; /* for env->mac; one secret and algorithm, never another */
	uint32_t id;	 /* in its chain */
	uint8_t mac_len; /* octets of its digest */
	bool send, accept; /* at present; handed in anew when that ends */
};

struct babel_auth {
	bool enabled;	 /* false: nothing is signed, nothing checked */
	bool permissive; /* sign, but accept what is not signed, RFC 8967 5 */
	bool window;	 /* tolerate reordering, RFC 9467 3.3 */
	unsigned int n;	 /* without a key nothing is believed, unless permissive */
	struct babel_key keys[BABEL_KEYS_MAX];
};

enum auth_verdict { /* RFC 8967 4.3, in its order */
	AUTH_FINE,
	AUTH_NO_MAC,	  /* no MAC TLV in the trailer */
	AUTH_BAD_MAC,	  /* no key makes any of its MACs */
	AUTH_NO_ROOM,	  /* too many neighbours are being challenged */
	AUTH_NO_PC,	  /* no PC TLV */
	AUTH_UNKNOWN,	  /* no Index is known of the sender: it is challenged */
	AUTH_OTHER_INDEX, /* it has another Index now: it is challenged */
	AUTH_REPLAYED,	  /* its packet counter has been there already */
	AUTH_VERDICTS,
};
const char *auth_verdict_name(enum auth_verdict v);

/* Per interface; defaults are in the YANG model. */
struct babel_if_config {
	enum babel_link_type type; /* found out already, where that was wanted */
	bool split_horizon;	   /* RFC 8966 3.7.4 */
	uint16_t rxcost;	   /* 1..65534 */
	usec_t hello_interval;	   /* of multicast Hellos */
	usec_t update_interval;	   /* between full updates */
	enum babel_quality quality;
	uint8_t k, j;		       /* of k-out-of-j, 1..16; 0: 2 of 3 */
	usec_t unicast_hello_interval; /* 0: none are scheduled */
	bool unscheduled_hellos;       /* Hellos ahead of time promise nothing (Interval 0) */
	bool unicast;		       /* all but multicast Hellos goes to each neighbour alone */
	bool probe_mtu;		       /* Hellos are as large as the link should carry */
	bool rfc6126;		       /* neighbours know no more than that, RFC 8966 F */
	unsigned int n_costs;
	struct babel_neigh_cost costs[BABEL_NEIGH_COSTS];
	struct babel_rtt_config rtt;
	struct babel_auth auth;
	bool v4_via_v6;		   /* RFC 9229; without it AE 4 is neither sent nor understood */
};

/* How fast the smoothed metrics of RFC 8966 A.3 follow. */
enum babel_smoothing {
	BABEL_SMOOTH_BY_HELLOS, /* a time constant of three Hello intervals */
	BABEL_SMOOTH_HALF_LIFE,
	BABEL_SMOOTH_OFF,
};

/* Against what neighbours could make us keep; 0: the default. Above a limit
 * that is lowered, routes go at once and neighbours in time. */
struct babel_limits {
	uint32_t neighbours;   /* of an interface */
	uint32_t neigh_routes; /* that one neighbour announces */
	uint32_t routes;       /* that all announce */
};

/* What is limited, see limits.c. */
enum babel_limit {
	LIMIT_NEIGHBOURS,   /* of an interface */
	LIMIT_NEIGH_ROUTES, /* of one neighbour */
	LIMIT_ROUTES,	    /* of all of them */
	LIMIT_PAIRS,
	LIMIT_NEW_PAIRS, /* of one neighbour, in three minutes */
	LIMIT_SOURCES,	 /* router-ids of a pair, for three minutes */
	LIMIT_DISTANCES, /* of all pairs */
	LIMIT_FORWARDED, /* seqno requests of others that are passed on */
	LIMIT_REPLIES,	 /* Updates that wait for one neighbour */
	LIMIT_TLVS,	 /* other TLVs that wait for it */
	LIMIT_UPDATES,	 /* Updates that wait for a group */
	LIMIT_AWAITS,	 /* acknowledgments that are waited for */
	LIMIT_RAISES,	 /* of our seqno, in a second */
	LIMIT_ACKS,	 /* nobody asked for, of one neighbour in a second */
	LIMIT_COSTS,	 /* routes of one neighbour whose cost changes, in a second */
	BABEL_LIMITS,
};
const char *babel_limit_name(enum babel_limit l); /* as in the model */

struct babel_config {
	struct router_id router_id; /* must be valid */
	struct babel_limits limits;
	enum babel_smoothing smoothing;
	usec_t half_life; /* with BABEL_SMOOTH_HALF_LIFE, not 0 */
};

/* What the outside knows of an interface that is up. */
struct babel_if_info {
	const char *name;      /* copied */
	struct addr linklocal; /* our source address there */
	bool have_ip4;
	struct addr ip4;  /* our next hop for IPv4 routes; without it linklocal (RFC 9229) */
	unsigned int mtu; /* IP MTU, octets */
};

/* What is chosen for a pair. */
enum choice_kind {
	CHOICE_NONE,	    /* no route: withdraw it */
	CHOICE_ROUTE,	    /* via nexthop on ifid */
	CHOICE_UNREACHABLE, /* hold: retracted, must not fall back (RFC 8966 3.5.4) */
};

struct babel_choice {
	enum choice_kind kind;
	ifid_t ifid;
	enum family nexthop_family; /* FAM_IP6 also for IPv4 pairs: RFC 9229 */
	struct addr nexthop;
	uint16_t metric;
	uint32_t tag;	     /* of rules; 0: none */
	enum family has_src; /* FAM_NONE, or the family of src */
	struct addr src;     /* preferred source of this host's own packets */
};

/* Why an Update of a neighbour is worth no more than a retraction: a filter is
 * an infinite metric (RFC 8966 Appendix C). */
enum babel_refusal {
	REFUSED_NOT,
	REFUSED_OWN_ID,	    /* it comes back to us: it has our router-id */
	REFUSED_ABILITY,    /* the layer below can't hold (D,S) routes (RFC 9079 4) */
	REFUSED_NEXT_HOP,   /* nobody, or ourselves */
	REFUSED_NOT_ROUTED, /* a destination that is never routed (RFC 8966 Appendix C) */
	REFUSED_CONNECTED,  /* it would take a connected prefix's traffic over (RFC 9079 9) */
	REFUSED_IN,	    /* a rule of that kind, likewise the following */
	REFUSED_REDISTRIBUTE, /* ours, not announced */
	REFUSED_INSTALL,      /* chosen and announced, but not for zebra */
	REFUSALS,
};

enum babel_note_kind {
	NOTE_NEIGH_UP,	    /* cost became finite */
	NOTE_NEIGH_DOWN,    /* cost became infinite, or the neighbour was dropped */
	NOTE_PACKET_BAD,    /* packet_verdict in code */
	NOTE_TLV_IGNORED,   /* tlv_verdict in code; remote may repeat at will */
	NOTE_LIMIT,	    /* something is not kept or done; babel_limit in code */
	NOTE_ROUTE_LOST,    /* last feasible route of pair went */
	NOTE_OWN_ROUTER_ID, /* someone else uses our router-id */
	NOTE_AUTH_REFUSED,  /* not signed as it should be: auth_verdict in code */
	NOTE_CONNECTED,	    /* refused: pair would take a connected prefix's traffic over */
	NOTE_KINDS,
};

struct babel_note {
	enum babel_note_kind kind;
	ifid_t ifid;		     /* 0: none */
	const char *ifname;	     /* NULL: none */
	const struct addr *from;     /* link-local of the neighbour, NULL: none */
	const struct sdprefix *pair; /* NULL: none */
	int code;
};

/* What a process must not forget when it dies, or its next life could choose a
 * route that leads back to itself (doc/decisions/restart.md): feasibility
 * distances, and for each pair that neighbours may have heard of from us what
 * they were told of and via whom packets go. */
enum babel_memory_kind { MEMORY_DISTANCE, MEMORY_TOLD };

struct babel_memory {
	enum babel_memory_kind kind;
	struct sdprefix pair;
	struct router_id router_id;
	uint16_t seqno, metric; /* MEMORY_DISTANCE, RFC 8966 3.2.5 */
	/* MEMORY_TOLD: the neighbour that packets go to; 0: none, the pair is
	 * ours or it is held. */
	ifid_t ifid;
	struct addr neigh;
};

struct babel_env { /* all that the protocol may ask of the world */
	/* One UDP datagram, port 6696 to 6696, from the interface's link-local
	 * address. to: NULL is the group ff02::1:6, else a neighbour's
	 * link-local address. */
	void (*send)(void *ctx, ifid_t via, const struct addr *to, struct span datagram);
	/* The choice for a pair has changed. Never called for local routes. */
	void (*route)(void *ctx, const struct sdprefix *pair, const struct babel_choice *c);
	/* Indices and nonces are made of it: must not be predictable, RFC 8967 7. */
	uint32_t (*random)(void *ctx);
	void (*note)(void *ctx, const struct babel_note *n);
	/* The moment it is, asked when a packet with a time stamp is about to
	 * leave (RFC 9616 3.4). NULL: that of the event. */
	mono_t (*clock)(void *ctx);
	/* Digest of `pseudo` then `octets` under the key of that handle, mac_len
	 * octets of it; false: can't. Needed only with keys. */
	bool (*mac)(void *ctx, uint32_t key, struct span pseudo, struct span octets,
		    uint8_t out[BABEL_MAC_MAX]);
	/* To be remembered over the death of the process from now on, before
	 * anything follows from it, at that place: 1 and up, densely, instead of
	 * what was there. m NULL: the place is empty. NULL: nothing is. */
	void (*remember)(void *ctx, uint32_t place, const struct babel_memory *m);
};

/* env is copied, ctx is handed to its functions. */
struct babel *babel_new(const struct babel_config *config, const struct babel_env *env, void *ctx,
			mono_t now);
/* Frees everything; says nothing to anybody (see babel_goodbye). */
void babel_free(struct babel *b);

/* Retracts everything on all interfaces with one urgent wildcard retraction
 * each (RFC 8966 4.6.9), for an orderly end. Nothing may follow but free. */
void babel_goodbye(struct babel *b, mono_t now);
/* The same with time: traffic moves away, everything is retracted and
 * acknowledged, then babel_left() turns true, after four seconds at the latest.
 * Choices go on until then; what follows is babel_free(). */
void babel_leave(struct babel *b, mono_t now);
bool babel_left(const struct babel *b);
/* Retracts everything there, before a babel_if_down() that nobody else will
 * notice. */
void babel_if_retract(struct babel *b, ifid_t ifid, mono_t now);
/* What is ours is announced under another router-id from now on. */
void babel_set_router_id(struct babel *b, const struct router_id *id, mono_t now);
/* What is too much now goes at once. */
void babel_set_limits(struct babel *b, const struct babel_limits *l, mono_t now);

/* Starts the protocol on an interface, or tells what has changed about it
 * (address, MTU, configuration) without a restart where none is needed. */
void babel_if_up(struct babel *b, ifid_t ifid, const struct babel_if_info *info,
		 const struct babel_if_config *config, mono_t now);
/* Its neighbours and their routes go at once. Unknown ifid: nothing happens. */
void babel_if_down(struct babel *b, ifid_t ifid, mono_t now);

/* A datagram that came from port 6696 to port 6696. */
struct babel_datagram {
	ifid_t ifid;
	struct addr from, to; /* of its IPv6 header; to: the group, or ours there */
	mono_t arrived;	      /* at this host; not after `now` */
	struct span octets;
};
extern const struct addr babel_group; /* ff02::1:6, RFC 8966 Appendix B */
void babel_packet(struct babel *b, const struct babel_datagram *d, mono_t now);

/* We originate the pair with this metric (0 normally); again: new metric. */
void babel_local_add(struct babel *b, const struct sdprefix *pair, uint16_t metric, mono_t now);
void babel_local_del(struct babel *b, const struct sdprefix *pair, mono_t now);
/* The same, if the "redistribute" rules let it: they also match what else is
 * known of it, and may give it another metric and tag. */
struct babel_local {
	uint16_t metric;     /* to announce it with */
	uint32_t rib_metric; /* what it has in the RIB */
	uint32_t tag;
	uint8_t protocol;   /* where the RIB has it from */
	const char *ifname; /* copied; of its next hop. NULL: none */
};
void babel_local_offer(struct babel *b, const struct sdprefix *pair, const struct babel_local *l,
		       mono_t now);

/* ---- Policy. Each call replaces what the one before said; whatever follows
 * from the difference, and nothing else, is chosen anew, announced and
 * retracted. ---- */

struct babel_filters {
	const struct filter_rule *rules[FILTER_KINDS]; /* copied; in any order */
	size_t n[FILTER_KINDS];
	/* Take (D,S), S not any, although D is in a connected prefix: it would
	 * take over what is sent from S to that link (RFC 9079 9). */
	bool accept_connected_specific;
};
void babel_set_filters(struct babel *b, const struct babel_filters *f, mono_t now);
/* The prefixes of the links that this router is on, in any order. The whole
 * family never counts. */
void babel_set_connected(struct babel *b, const struct prefix *prefixes, size_t n, mono_t now);

/* false: the layer below can't hold the family's (D,S) routes; they are then
 * neither accepted nor installed (RFC 9079 4). True at the start. */
void babel_set_source_specific(struct babel *b, bool ip6, bool ip4, mono_t now);

/* false: the layer below can't install IPv4 routes with an IPv6 next hop. They
 * are then not selected (RFC 9229 2.2), and AE 4 is not announced: what comes
 * in by such a route could not go back the same way. True at the start. */
void babel_set_v4_via_v6(struct babel *b, bool able, mono_t now);

/* Another smoothing from now on; what was smoothed so far stays so. */
void babel_set_smoothing(struct babel *b, enum babel_smoothing smoothing, usec_t half_life,
			 mono_t now);

/* Tells env->route every current choice again, for a zebra that came back. */
void babel_replay_choices(struct babel *b);

/* Forgets neighbours with their routes, as if they had fallen silent. ifid 0:
 * on any interface; addr NULL: any. Returns how many. */
unsigned int babel_clear_neigh(struct babel *b, ifid_t ifid, const struct addr *addr, mono_t now);
/* Forgets what neighbours announced of the pair, and asks them all for it
 * (RFC 8966 3.8.1). Returns how many routes. */
unsigned int babel_clear_route(struct babel *b, const struct sdprefix *pair, mono_t now);
/* Asks everybody for everything (RFC 8966 3.8.1.1). */
void babel_refresh(struct babel *b, mono_t now);

/* Deadlines: call babel_run_due() at or after babel_next_deadline(). After
 * every event ask for the deadline anew. */
mono_t babel_next_deadline(const struct babel *b);
void babel_run_due(struct babel *b, mono_t now);

/* What must survive a restart so that neighbours do not notice one: own
 * seqno and Hello seqnos (RFC 8966 3.2.1, 3.2.3), by interface name. */
#define BABEL_PERSIST_IFS     64
#define BABEL_PERSIST_UNICAST 128
struct babel_persist {
	struct router_id router_id;
	bool made_up; /* the router-id; passed on */
	uint16_t seqno;
	/* All that env->remember was told is known, and babel_recall() is called
	 * for each. False: of the last life only the own seqno counts. */
	bool remembers;
	unsigned int n;
	struct babel_persist_if {
		char name[16];
		uint16_t hello_seqno; /* the next to be sent */
		bool have_index;      /* RFC 8967 3.1, with no counter from pc on used yet */
		uint8_t index[BABEL_INDEX_LEN];
		uint32_t pc;
	} ifs[BABEL_PERSIST_IFS];
	unsigned int n_unicast; /* the newest last; the oldest go when there is no more room */
	struct {
		char ifname[16];
		struct addr neigh;
		uint16_t hello_seqno; /* of unicast Hellos to it, the next to be sent */
	} unicast[BABEL_PERSIST_UNICAST];
};
void babel_persist_get(const struct babel *b, struct babel_persist *out);
/* What babel_persist_get() said will be found by the next start. Until then
 * packet counters don't pass the ones of the last time that was so: a new
 * Index is taken instead. */
void babel_persist_saved(struct babel *b, const struct babel_persist *p);
/* Before the first babel_if_up(). Ignored if the router-id differs. */
void babel_persist_set(struct babel *b, const struct babel_persist *p);
/* What a former life remembered at that place; places ascend. Before the first
 * babel_if_up(). */
void babel_recall(struct babel *b, uint32_t place, const struct babel_memory *m, mono_t now);
/* Neighbours have had time to tell their routes again, and the caller is about
 * to forget the choices of the former life: what has not been learnt anew is
 * lost and retracted. Happens by itself after BABEL_SETTLE_LATEST. */
#define BABEL_SETTLE_LATEST (60 * USEC_PER_SEC)
void babel_settle(struct babel *b, mono_t now);

/* ---- Looking: const, in the order of the tables, for show and tests. ---- */

struct babel_if_view {
	ifid_t ifid;
	const char *name;
	struct babel_if_info info;
	struct babel_if_config config;
	unsigned int neighbours;
	uint64_t packets_in, packets_out, packets_bad, tlvs_ignored;
	uint64_t shed; /* what a limit cost its neighbours */
	uint64_t ignored[TLV_VERDICTS];
	uint64_t connected_refused; /* finite Updates, see babel_filters */
	bool etx;		    /* RFC 8966 A.2.2, else k-out-of-j */
	uint16_t hello_seqno;	    /* of the next multicast Hello */
};

struct babel_hellos_view { /* of one kind that we hear, RFC 8966 A.1 */
	bool heard;
	uint16_t expected; /* seqno of the next */
	usec_t interval;   /* promised; 0: they are unscheduled */
};

struct babel_limit_view {
	enum babel_limit limit;
	uint64_t most, used; /* used: now, of whoever has most of it; 0 if that is not counted */
	uint64_t hits;	     /* how often something was given up for it */
};

struct babel_neigh_view {
	ifid_t ifid;
	const char *ifname;
	struct addr addr;
	uint16_t hello_history, unicast_history; /* newest Hello is the top bit */
	struct babel_hellos_view multicast, unicast;
	bool hello_counted;   /* it gets unicast Hellos from us */
	uint16_t hello_seqno; /* of the next one */
	uint16_t extra_cost;  /* configured, part of the cost */
	uint16_t rxcost, txcost, cost;
	bool have_rtt;	   /* RFC 9616 4.1: else rtt is void */
	usec_t rtt;	   /* smoothed */
	uint16_t rtt_cost; /* its part of the cost */
	uint64_t rtt_samples, rtt_refused;
	unsigned int routes;
	uint64_t shed; /* what limits cost it */
};

struct babel_route_view {
	struct sdprefix pair;
	bool local; /* ours: neighbour fields are void */
	bool selected, feasible;
	bool held; /* retracted, kept until hold ends */
	enum babel_refusal refusal;
	uint16_t rule; /* that refused; 0: none */
	uint32_t tag;
	struct router_id router_id;
	uint16_t seqno, refmetric, metric; /* as advertised to us; with our cost */
	ifid_t ifid;
	const char *ifname;
	struct addr neigh;
	enum family nexthop_family; /* FAM_IP6 with an IPv4 pair: v4-via-v6 */
	struct addr nexthop;
	usec_t age; /* since last update, needs now */
};

struct babel_source_view {
	struct sdprefix pair;
	struct router_id router_id;
	uint16_t seqno, metric; /* the feasibility distance, RFC 8966 3.2.5 */
};

struct babel_request_view {
	struct sdprefix pair;
	struct router_id router_id;
	uint16_t seqno;
	unsigned int resends_left;
};

/* What a key was good for. Counted since the key, or the neighbour, is known. */
struct babel_key_view {
	struct babel_key key;
	uint64_t verified; /* packets */
	uint64_t alone;	   /* of them: no other key verified those */
	usec_t unneeded;   /* since the last of these, or since the key is known */
};

struct babel_auth_view { /* of an interface where it is enabled */
	ifid_t ifid;
	const char *name;
	const struct babel_auth *auth;
	bool have_index; /* something has been sent */
	uint8_t index[BABEL_INDEX_LEN];
	uint32_t pc; /* of the next packet */
	struct babel_key_view keys[BABEL_KEYS_MAX];
	uint64_t count[AUTH_VERDICTS]; /* packets */
	uint64_t challenges, replies;  /* sent */
	uint64_t unsigned_accepted;    /* by the permissive mode */
	usec_t unsigned_quiet;	       /* since the last of these, or since the mode is on */
	unsigned int peers;
};

struct babel_auth_peer_view { /* somebody who has signed, or was tolerated */
	struct addr addr;
	bool proven; /* its Index is known to be fresh */
	bool challenged;
	uint8_t index_len;
	const uint8_t *index;
	uint32_t pc_multicast, pc_unicast; /* highest accepted */
	unsigned int n;
	struct babel_key_view keys[BABEL_KEYS_MAX];
	uint64_t unsigned_accepted;
	usec_t unsigned_quiet; /* since the last of these, if any */
};

struct babel_filter_view {
	enum filter_kind kind;
	const struct filter_rule *rule;
	/* Updates taken or refused by it (in), sent or kept back (out), routes of
	 * zebra's (redistribute), choices (install). */
	uint64_t hits;
};

/* Each calls `each` until it returns false. */
void babel_each_auth(const struct babel *b, mono_t now,
		     bool (*each)(void *ctx, const struct babel_auth_view *v), void *ctx);
void babel_each_auth_peer(const struct babel *b, ifid_t ifid, mono_t now,
			  bool (*each)(void *ctx, const struct babel_auth_peer_view *v), void *ctx);
void babel_each_if(const struct babel *b, bool (*each)(void *ctx, const struct babel_if_view *v),
		   void *ctx);
void babel_each_neigh(const struct babel *b,
		      bool (*each)(void *ctx, const struct babel_neigh_view *v), void *ctx);
/* after: NULL from the start, else the first pair behind it. _at: only that pair. */
void babel_each_route(const struct babel *b, const struct sdprefix *after, mono_t now,
		      bool (*each)(void *ctx, const struct babel_route_view *v), void *ctx);
void babel_each_route_at(const struct babel *b, const struct sdprefix *pair, mono_t now,
			 bool (*each)(void *ctx, const struct babel_route_view *v), void *ctx);
void babel_each_source(const struct babel *b, const struct sdprefix *after,
		       bool (*each)(void *ctx, const struct babel_source_view *v), void *ctx);
void babel_each_source_at(const struct babel *b, const struct sdprefix *pair,
			  bool (*each)(void *ctx, const struct babel_source_view *v), void *ctx);
/* In no order. */
void babel_each_request(const struct babel *b,
			bool (*each)(void *ctx, const struct babel_request_view *v), void *ctx);
/* By kind, then in the order of numbers. */
void babel_each_filter(const struct babel *b,
		       bool (*each)(void *ctx, const struct babel_filter_view *v), void *ctx);
void babel_each_limit(const struct babel *b,
		      bool (*each)(void *ctx, const struct babel_limit_view *v), void *ctx);
/* What it holds, by kind: for measurements and tests. */
void babel_each_memory(const struct babel *b, bool (*each)(void *ctx, const struct memtag *t),
		       void *ctx);
struct router_id babel_router_id(const struct babel *b);
uint16_t babel_seqno(const struct babel *b);
/* Equal for equal tables, whatever order they were filled in: neighbours and
 * their costs, routes, choices, sources, requests, own seqno. No moments. */
uint64_t babel_hash(const struct babel *b);
/* That, and whatever is under way: queues, holds, deadlines up to the horizon.
 * Equal for instances that will do the same until then, as far as wired links
 * without keys and time stamps go. */
uint64_t babel_state_hash(const struct babel *b, mono_t horizon);
/* Why things are so: explain.h. */

#endif
