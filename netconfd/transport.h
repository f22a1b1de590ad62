/* SPDX-License-Identifier: MIT */
/*
 * The secured end of one TCP connection: SSH (RFC 6242) or TLS (RFC 7589), in
 * a thread of its own, since libssh's server side has calls that wait. The
 * thread owns nothing of the daemon: it gets copies, says who has logged in,
 * and from then on pumps octets between the connection and a socket pair, the
 * other end of which is in the daemon's loop.
 *
 *	thread -> loop: "USER\n", then what the client sends, in the clear
 *	loop -> thread: what goes to the client
 *
 * Either side ends by closing its end. No login within TRANSPORT_LOGIN_SECONDS
 * ends it too. What the loop has sent before it closed still goes out, for
 * TRANSPORT_LINGER_SECONDS at most.
 */
#ifndef SRCDEST_NETCONFD_TRANSPORT_H
#define SRCDEST_NETCONFD_TRANSPORT_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "netconfd/config.h"

#define TRANSPORT_LOGIN_SECONDS	 30
#define TRANSPORT_LINGER_SECONDS 5
#define TRANSPORT_TRIES		 8 /* keys offered until the connection ends */
#define TRANSPORT_CHUNK		 16384

/* Threads that run, for a daemon that wants to wait for them. */
struct transports;
struct transports *transports_new(void);
/* Waits for all threads, whose other ends must have been closed. */
void transports_free(struct transports *t);
size_t transports_running(struct transports *t);

/* Starts a thread for the TCP connection `fd`, which it takes in every case.
 * `tls` NULL: SSH with the host key in that file. Returns the loop's end of the
 * pair, non-blocking, or -1: errno says why. */
int transport_start(struct transports *t, int fd, const struct nc_config *users,
		    const char *host_key, SSL_CTX *tls);

/* PEM files to a context that demands a client certificate. NULL: err says
 * what and which file. */
SSL_CTX *transport_tls_new(const struct nc_config *c, char *err, unsigned int err_size);

/* Makes a host key at `path`, mode 0600, if there is none. */
bool transport_host_key(const char *path, char *err, unsigned int err_size);

/* ---- for ssh.c and tls.c ---- */

/* One way: what was read and is not yet written. */
struct transport_way {
	char buf[TRANSPORT_CHUNK];
	size_t from, to;
};

struct transport {
	struct transports *all;
	int fd, pair;
	struct nc_config users;
	char *host_key;
	SSL_CTX *tls;
	time_t deadline;	      /* monotonic seconds */
	bool in_over, out_over;	      /* the client, the loop has ended its side */
	struct transport_way in, out; /* client to loop, loop to client */
	uint64_t moved;		      /* octets read and written: is there progress? */
	bool in_told;		      /* the loop knows of in_over */
	time_t linger;		      /* 0: nobody has ended */
};

time_t transport_now(void);
bool transport_late(const struct transport *t);
/* Says who it is; false: the loop has gone. */
bool transport_logged_in(struct transport *t, const char *user);
/* Moves what can be moved on the loop's side; false: the loop's end is broken.
 * Sets out_over when the loop has closed. */
bool transport_loop_side(struct transport *t);
/* Nothing more can be done: the pump ends. */
bool transport_over(struct transport *t);

void transport_ssh_run(struct transport *t);
void transport_tls_run(struct transport *t);

#endif
