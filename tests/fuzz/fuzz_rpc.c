/* SPDX-License-Identifier: MIT */
/*
 * The operations of NETCONF fed with damaged requests. Whatever comes: one
 * whole reply, well-formed, and the session goes on; a session that asked for its
 * end is replaced.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/driver.h"
#include "tests/unit/mgmtd/netconf_rig.h"

#define RPC(op) \
	"<rpc message-id=\"1\" xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\">" op "</rpc>"
#define SEED(op) \
	{ \
		RPC(op), sizeof(RPC(op)) - 1 \
	}

const unsigned long fuzz_runs = 20000;

static const struct fuzz_seed seeds[] = {
	SEED("<get-config><source><running/></source><filter type=\"subtree\"><system "
	     "xmlns=\"urn:srcdest:yang:system\"><hostname/></system></filter></get-config>"),
	SEED("<get-config><source><candidate/></source><filter type=\"xpath\" "
	     "xmlns:s=\"urn:srcdest:yang:static\" select=\"/s:static/s:route[s:source-prefix="
	     "'::/0']\"/></get-config>"),
	SEED("<edit-config><target><candidate/></target><test-option>set</test-option>"
	     "<config><static xmlns=\"urn:srcdest:yang:static\"><route>"
	     "<destination-prefix>::/0</destination-prefix>"
	     "<source-prefix>2001:db8::/32</source-prefix><next-hop xmlns:nc=\"urn:ietf:params:"
	     "xml:ns:netconf:base:1.0\" nc:operation=\"replace\"><gateway>fe80::1</gateway>"
	     "<interface>eth0</interface></next-hop></route></static></config></edit-config>"),
	SEED("<edit-config><target><running/></target><default-operation>none</default-operation>"
	     "<config><system xmlns=\"urn:srcdest:yang:system\"><hostname xmlns:nc=\"urn:ietf:"
	     "params:xml:ns:netconf:base:1.0\" nc:operation=\"delete\"/></system></config>"
	     "</edit-config>"),
	SEED("<commit><confirmed/><confirm-timeout>5</confirm-timeout><persist>a</persist>"
	     "</commit>"),
	SEED("<copy-config><target><startup/></target><source><running/></source></copy-config>"),
	SEED("<get-schema xmlns=\"urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring\">"
	     "<identifier>srcdest-types</identifier><format>yang</format></get-schema>"),
	SEED("<create-subscription xmlns=\"urn:ietf:params:xml:ns:netconf:notification:1.0\">"
	     "<filter type=\"subtree\"><a xmlns=\"urn:b\"/></filter></create-subscription>"),
	SEED("<lock><target><candidate/></target></lock>"),
	SEED("<unlock><target><candidate/></target></unlock>"),
	SEED("<discard-changes/>"),
	SEED("<close-session/>"),
	SEED("<kill-session><session-id>4</session-id></kill-session>"),
};

const struct fuzz_seed *fuzz_seeds(size_t *n)
{
	*n = sizeof(seeds) / sizeof(seeds[0]);
	return seeds;
}

static bool well_formed(struct ncrig *r, const char *xml)
{
	static struct ly_ctx *plain;
	struct lyd_node *tree = NULL;
	bool fine;

	(void)r;
	if (!plain && ly_ctx_new(NULL, LY_CTX_NO_YANGLIBRARY, &plain))
		abort();
	fine = !lyd_parse_data_mem(plain, xml, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0, &tree);
	lyd_free_all(tree);
	ly_err_clean(plain, NULL);
	return fine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ncrig *rig;
	static struct ncclient client;
	char *text;

	if (!rig) {
		rig = ncrig_new();
		ncrig_allow_all(rig);
		ncclient_open(&client, rig, "fuzz");
	}
	xml_clear(&client.reply);
	xml_clear(&client.notifications);
	client.last = false;
	text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	netconf_session_rpc(client.s, text, size);
	ncrig_settle(rig);
	free(text);
	if (!client.last || !client.reply.p || !well_formed(rig, client.reply.p))
		abort();
	if (client.ended) {
		ncclient_close(&client);
		ncclient_open(&client, rig, "fuzz");
	}
	return 0;
}
