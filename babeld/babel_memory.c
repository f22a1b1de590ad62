/* SPDX-License-Identifier: MIT */
/* The memory of the protocol in a mapped file. */
#include "babeld/babel_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/io/log.h"

#define MAGIC	      "sdbabel 1"
#define RECORDS_FIRST 1024u

struct header {
	char magic[12];
	uint32_t is_void; /* something could not be remembered */
	char boot[40];
	int64_t alive; /* by CLOCK_BOOTTIME, microseconds */
};

/* `kind` is written last and cleared first, and a distance, which becomes
 * another in place, is one store: a record is whole at any instruction. */
struct record {
	uint8_t kind; /* enum babel_memory_kind + 1; 0: free */
	uint8_t family, dst_plen, src_plen;
	uint32_t value; /* DISTANCE: seqno << 16 | metric; TOLD: ifid */
	uint8_t router_id[8];
	uint8_t dst[16], src[16], neigh[16];
};

_Static_assert(sizeof(struct header) == 64, "the header is as large as a record");
_Static_assert(sizeof(struct record) == 64, "records have no holes");

struct memfile {
	int fd;
	struct record *v; /* v[0] is the header */
	uint32_t room;	  /* records, the header included */
	uint32_t used;
};

static struct header *header(const struct memfile *m)
{
	return (struct header *)(void *)m->v;
}

static int64_t boottime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * USEC_PER_SEC + t.tv_nsec / 1000;
}

static void read_boot(char buf[40])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	memset(buf, 0, 40);
	if (fd < 0)
		return;
	if (read(fd, buf, 36) != 36)
		memset(buf, 0, 40);
	close(fd);
}

/* ---- records ---- */

static void set_kind(struct record *r, uint8_t kind)
{
	__atomic_store_n(&r->kind, kind, __ATOMIC_RELEASE);
}

static uint32_t value_of(const struct babel_memory *b)
{
	return b->kind == MEMORY_TOLD ? b->ifid : (uint32_t)b->seqno << 16 | b->metric;
}

static void record_write(struct record *r, const struct babel_memory *b)
{
	r->family = b->pair.dst.family;
	r->dst_plen = b->pair.dst.plen;
	r->src_plen = b->pair.src.plen;
	r->value = value_of(b);
	memcpy(r->router_id, b->router_id.b, sizeof(r->router_id));
	memcpy(r->dst, b->pair.dst.addr.b, sizeof(r->dst));
	memcpy(r->src, b->pair.src.addr.b, sizeof(r->src));
	memcpy(r->neigh, b->neigh.b, sizeof(r->neigh));
	set_kind(r, (uint8_t)(b->kind + 1));
}

static bool record_read(const struct record *r, struct babel_memory *b)
{
	enum family f = (enum family)r->family;
	struct prefix dst, src;
	struct addr a;

	*b = (struct babel_memory){.kind = (enum babel_memory_kind)(r->kind - 1)};
	if (r->kind > MEMORY_TOLD + 1 || (f != FAM_IP4 && f != FAM_IP6))
		return false;
	memcpy(a.b, r->dst, sizeof(a.b));
	if (!prefix_make(&dst, f, &a, r->dst_plen))
		return false;
	memcpy(a.b, r->src, sizeof(a.b));
	if (!prefix_make(&src, f, &a, r->src_plen) || !sdprefix_make(&b->pair, &dst, &src))
		return false;
	memcpy(b->router_id.b, r->router_id, sizeof(b->router_id.b));
	memcpy(b->neigh.b, r->neigh, sizeof(b->neigh.b));
	if (b->kind == MEMORY_TOLD) {
		b->ifid = r->value;
	} else {
		b->seqno = (uint16_t)(r->value >> 16);
		b->metric = (uint16_t)r->value;
	}
	return router_id_valid(&b->router_id);
}

static void empty(struct memfile *m, uint32_t place)
{
	if (m->v[place].kind)
		m->used--;
	set_kind(&m->v[place], 0);
}

/* ---- the file ---- */

static bool resize(struct memfile *m, uint32_t room)
{
	size_t was = m->room * sizeof(struct record), is = room * sizeof(struct record);
	int error;
	void *p;

	/* Room that is only promised would kill us when it is written to. */
	if (ftruncate(m->fd, (off_t)is) < 0)
		return false;
	error = posix_fallocate(m->fd, 0, (off_t)is);
	if (error) {
		errno = error;
		return false;
	}
	p = mmap(NULL, is, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0);
	if (p == MAP_FAILED)
		return false;
	if (m->v)
		munmap(m->v, was);
	m->v = p;
	m->room = room;
	return true;
}

static bool grow(struct memfile *m, uint32_t place)
{
	uint32_t room = m->room;

	while (room <= place && room < MEMFILE_RECORDS_MAX)
		room *= 2;
	errno = EFBIG;
	return room > place && resize(m, room);
}

/* One that nobody else can have open; a name in a directory of ours. */
static bool make(struct memfile *m, const char *path)
{
	unlink(path);
	m->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (m->fd < 0 || !resize(m, RECORDS_FIRST))
		return false;
	memcpy(header(m)->magic, MAGIC, sizeof(MAGIC));
	read_boot(header(m)->boot);
	return true;
}

static bool header_good(const struct memfile *m, const char **why)
{
	const struct header *h = header(m);
	char boot[40];

	read_boot(boot);
	*why = "it is of another kind";
	if (memcmp(h->magic, MAGIC, sizeof(MAGIC)) != 0)
		return false;
	*why = NULL; /* no fault of it */
	if (!boot[0] || memcmp(h->boot, boot, sizeof(boot)) != 0)
		return false;
	*why = "not everything could be written to it";
	return !h->is_void;
}

static bool records_good(const struct memfile *m)
{
	struct babel_memory b;

	for (uint32_t k = 1; k < m->room; k++)
		if (m->v[k].kind && !record_read(&m->v[k], &b))
			return false;
	return true;
}

/* False: there is nothing that counts; *why NULL: nor should there be. */
static bool take(struct memfile *m, const char *path, const char **why)
{
	struct stat st;

	*why = NULL;
	m->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (m->fd < 0 && errno == ENOENT)
		return false;
	*why = strerror(errno);
	if (m->fd < 0 || fstat(m->fd, &st) < 0)
		return false;
	*why = "its size is odd";
	if (!S_ISREG(st.st_mode) || st.st_size < (off_t)(2 * sizeof(struct record)) ||
	    st.st_size % (off_t)sizeof(struct record) ||
	    st.st_size / (off_t)sizeof(struct record) > MEMFILE_RECORDS_MAX)
		return false;
	if (!resize(m, (uint32_t)(st.st_size / (off_t)sizeof(struct record)))) {
		*why = strerror(errno);
		return false;
	}
	if (!header_good(m, why))
		return false;
	*why = "a record of it makes no sense";
	if (!records_good(m))
		return false;
	for (uint32_t k = 1; k < m->room; k++)
		m->used += m->v[k].kind != 0;
	return true;
}

static void drop(struct memfile *m)
{
	if (m->v)
		munmap(m->v, m->room * sizeof(struct record));
	if (m->fd >= 0)
		close(m->fd);
	*m = (struct memfile){.fd = -1};
}

struct memfile *memfile_open(const char *path, enum memfile_found *found)
{
	struct memfile *m = calloc(1, sizeof(*m));
	const char *why;

	if (!m)
		abort();
	*found = take(m, path, &why) ? MEMFILE_WHOLE : MEMFILE_NOTHING;
	if (*found == MEMFILE_NOTHING) {
		if (why)
			log_warning("ignoring what an earlier run remembered in %s: %s", path, why);
		drop(m);
		if (!make(m, path)) {
			log_error("can't make %s: %s; neighbours will notice a restart", path,
				  strerror(errno));
			memfile_close(m);
			return NULL;
		}
	} else if (boottime() - header(m)->alive > MEMFILE_VALID) {
		memfile_forget_all(m);
	}
	memfile_alive(m);
	return m;
}

void memfile_close(struct memfile *m)
{
	if (!m)
		return;
	drop(m);
	free(m);
}

void memfile_each(const struct memfile *m,
		  void (*each)(void *ctx, uint32_t place, const struct babel_memory *r), void *ctx)
{
	struct babel_memory b;

	for (uint32_t k = 1; k < m->room; k++)
		if (m->v[k].kind && record_read(&m->v[k], &b))
			each(ctx, k, &b);
}

size_t memfile_count(const struct memfile *m)
{
	return m->used;
}

void memfile_remember(struct memfile *m, uint32_t place, const struct babel_memory *r)
{
	struct record *to;

	if (place >= m->room && (!r || !grow(m, place))) {
		if (r && !header(m)->is_void)
			log_error("can't remember more than %u things: %s; neighbours will notice "
				  "a restart",
				  m->used, strerror(errno));
		header(m)->is_void |= r != NULL;
		return;
	}
	to = &m->v[place];
	if (!r) {
		empty(m, place);
	} else if (to->kind == MEMORY_DISTANCE + 1 && r->kind == MEMORY_DISTANCE) {
		__atomic_store_n(&to->value, value_of(r), __ATOMIC_RELEASE);
	} else {
		empty(m, place);
		record_write(to, r);
		m->used++;
	}
}

void memfile_alive(struct memfile *m)
{
	header(m)->alive = boottime();
}

void memfile_forget_all(struct memfile *m)
{
	for (uint32_t k = 1; k < m->room; k++)
		empty(m, k);
}
