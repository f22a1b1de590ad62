/* SPDX-License-Identifier: MIT */
/* Mutates a fuzz target's seeds deterministically. */
#include "tests/fuzz/driver.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS 200000

static uint8_t input[FUZZ_MAX];
static size_t input_len;

static void tell_input(void)
{
	static const char hex[] = "0123456789abcdef";
	static char line[2 * FUZZ_MAX + 32];
	size_t n = 0;

	memcpy(line, "crashing input: ", 16);
	n = 16;
	for (size_t i = 0; i < input_len; i++) {
		line[n++] = hex[input[i] >> 4];
		line[n++] = hex[input[i] & 15];
	}
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0)
		_exit(1);
}

static void on_abort(int signo)
{
	tell_input();
	signal(signo, SIG_DFL);
	raise(signo);
}

/* There only when a sanitizer is linked. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static uint64_t rng;

static uint32_t rnd(uint32_t n) /* splitmix64 */
{
	uint64_t z = (rng += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (uint32_t)((z ^ (z >> 31)) >> 16) % n;
}

static void cut(size_t at, size_t n)
{
	memmove(input + at, input + at + n, input_len - at - n);
	input_len -= n;
}

static void insert(size_t at, const uint8_t *p, size_t n)
{
	if (input_len + n > FUZZ_MAX)
		return;
	memmove(input + at + n, input + at, input_len - at);
	memcpy(input + at, p, n);
	input_len += n;
}

static void mutate(const struct fuzz_seed *seeds, size_t n_seeds)
{
	static const uint8_t edges[] = {0, 1, 2, 0x7f, 0x80, 0xfe, 0xff};
	const struct fuzz_seed *other = &seeds[rnd((uint32_t)n_seeds)];
	size_t at = input_len ? rnd((uint32_t)input_len) : 0;
	uint8_t b[8], copy[64];
	size_t n;

	switch (rnd(7)) {
	case 0:
		if (input_len)
			input[at] ^= (uint8_t)(1 << rnd(8));
		break;
	case 1:
		if (input_len)
			input[at] = edges[rnd(sizeof(edges))];
		break;
	case 2:
		if (input_len)
			input[at] = (uint8_t)(input[at] + rnd(9) - 4);
		break;
	case 3:
		if (input_len)
			cut(at, 1 + rnd((uint32_t)(input_len - at < 8 ? input_len - at : 8)));
		break;
	case 4:
		for (size_t i = 0; i < sizeof(b); i++)
			b[i] = (uint8_t)(rnd(2) ? rnd(256) : edges[rnd(sizeof(edges))]);
		insert(at, b, 1 + rnd(sizeof(b)));
		break;
	case 5: /* a piece of itself again */
		n = input_len - at < sizeof(copy) ? input_len - at : sizeof(copy);
		memcpy(copy, input + at, n);
		insert(rnd((uint32_t)input_len + 1), copy, n);
		break;
	case 6: /* a piece of another seed */
		if (!other->len)
			break;
		n = rnd((uint32_t)other->len);
		memcpy(copy, (const uint8_t *)other->octets + n,
		       other->len - n < sizeof(copy) ? other->len - n : sizeof(copy));
		insert(at, copy, other->len - n < sizeof(copy) ? other->len - n : sizeof(copy));
		break;
	}
}

static void run(void)
{
	/* Of exactly its size, so that a step past the end is seen. */
	uint8_t *copy = malloc(input_len ? input_len : 1);

	if (!copy)
		abort();
	memcpy(copy, input, input_len);
	LLVMFuzzerTestOneInput(copy, input_len);
	free(copy);
}

static bool read_file(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f) {
		perror(path);
		return false;
	}
	input_len = fread(input, 1, sizeof(input), f);
	fclose(f);
	return true;
}

/* Each input that a coverage-guided run found worth keeping, once. */
static void run_corpus(const char *program)
{
	const char *srcdir = getenv("srcdir"), *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;
	char dir[512], path[1024];
	struct dirent **found;
	int n;

	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	snprintf(dir, sizeof(dir), "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".", name);
	n = scandir(dir, &found, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, found[i]->d_name);
		if (found[i]->d_name[0] != '.' && read_file(path))
			run();
		free(found[i]);
	}
	if (n >= 0)
		free(found);
	printf("%s: %d inputs of %s\n", name, n > 2 ? n - 2 : 0, dir);
}

int main(int argc, char **argv)
{
	const char *seed = getenv("SRCDEST_TEST_SEED");
	uint64_t base = seed ? strtoull(seed, NULL, 0) : 0x5eed0f0221ULL;
	unsigned long runs = &fuzz_runs ? fuzz_runs : RUNS;
	size_t n_seeds, files = 0;
	const struct fuzz_seed *seeds = fuzz_seeds(&n_seeds);

	signal(SIGABRT, on_abort);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(tell_input);
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "-runs=", 6) == 0)
			runs = strtoul(argv[i] + 6, NULL, 0);
		else if (!read_file(argv[i]))
			return 1;
		else
			files++, run();
	}
	if (!files)
		run_corpus(argv[0]);
	for (unsigned long i = 0; !files && i < runs + n_seeds; i++) {
		const struct fuzz_seed *s = &seeds[i % n_seeds];

		rng = base + i * 0x100000001b3ULL;
		memcpy(input, s->octets, s->len);
		input_len = s->len;
		for (uint32_t k = i < n_seeds ? 0 : 1 + rnd(6); k; k--)
			mutate(seeds, n_seeds);
		run();
	}
	return 0;
}
