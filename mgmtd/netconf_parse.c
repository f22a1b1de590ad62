/* SPDX-License-Identifier: MIT */
/*
 * From the text of an <rpc> to an operation, or to the error that says what
 * was wrong with it. libyang's strict parser says yes or no; on a no the text
 * is read once more without a schema, to find what the client must be told
 * (RFC 6241 Appendix A) and the attributes that belong into every reply.
 */
#include <stdlib.h>
#include <string.h>

#include "mgmtd/netconf_private.h"

static const struct lyd_node_opaq *opaq(const struct lyd_node *n)
{
	return (const struct lyd_node_opaq *)n;
}

static void keep_attributes(struct xml *t, const struct lyd_node *envelope)
{
	const struct lyd_attr *a;

	if (!envelope || envelope->schema)
		return;
	LY_LIST_FOR(opaq(envelope)->attr, a)
	{
		xml_add(t, " ");
		if (a->name.prefix) {
			xml_fmt(t, "xmlns:%s=\"", a->name.prefix);
			xml_escaped(t, a->name.module_ns ? a->name.module_ns : "");
			xml_fmt(t, "\" %s:", a->name.prefix);
		}
		xml_fmt(t, "%s=\"", a->name.name);
		xml_escaped(t, a->value);
		xml_add(t, "\"");
	}
}

static bool has_message_id(const struct lyd_node *envelope)
{
	const struct lyd_attr *a;

	LY_LIST_FOR(opaq(envelope)->attr, a)
	if (!a->name.prefix && !strcmp(a->name.name, "message-id"))
		return true;
	return false;
}

static void no_message_id(struct edit_error *err)
{
	error_set(err, ERR_MISSING_ATTRIBUTE, NULL, "<rpc> has no message-id");
	err->type = ERR_TYPE_RPC;
	err->bad_element = strdup("message-id");
}

static const struct lys_module *module_of(const struct ly_ctx *ly, const struct lyd_node *n)
{
	const char *ns = opaq(n)->name.module_ns;

	return ns ? ly_ctx_get_module_implemented_ns(ly, ns) : NULL;
}

static void bad_element(struct edit_error *err, enum error_tag tag, const struct lyd_node *n,
			const char *what)
{
	const struct lyd_node_opaq *o = opaq(n);

	error_set(err, tag, NULL, "%s <%s>", what, o->name.name);
	err->bad_element = strdup(o->name.name);
	if (tag == ERR_UNKNOWN_NAMESPACE && o->name.module_ns)
		err->bad_ns = strdup(o->name.module_ns);
}

/* RFC 6241 7.1: type of <filter>; libyang's word for a wrong one is about the
 * value of the operation. */
static bool bad_filter(const struct lyd_node *n, struct edit_error *err)
{
	const struct lyd_attr *a;

	LY_LIST_FOR(opaq(n)->attr, a)
	{
		if (strcmp(opaq(n)->name.name, "filter") || strcmp(a->name.name, "type") ||
		    !strcmp(a->value, "subtree") || !strcmp(a->value, "xpath"))
			continue;
		error_set(err, ERR_BAD_ATTRIBUTE, NULL, "no filter type %s", a->value);
		err->bad_element = strdup("type");
		return true;
	}
	return false;
}

/* The first element in document order that the schema does not know or whose
 * value its type does not take. True: found and told. */
static bool find_bad(const struct ly_ctx *ly, const struct lyd_node *parent,
		     const struct lysc_node *schema, struct edit_error *err)
{
	const struct lyd_node *n;

	LY_LIST_FOR(lyd_child(parent), n)
	{
		const struct lys_module *m = module_of(ly, n);
		const struct lysc_node *s;

		if (!m) {
			bad_element(err, ERR_UNKNOWN_NAMESPACE, n, "no module of the namespace of");
			return true;
		}
		s = lys_find_child(schema, m, opaq(n)->name.name, 0, 0, 0);
		if (!s) {
			bad_element(err, ERR_UNKNOWN_ELEMENT, n, "unknown element");
			return true;
		}
		if (s->nodetype & LYD_NODE_TERM) {
			const char *v = opaq(n)->value;

			if (lyd_value_validate(ly, s, v, strlen(v), NULL, NULL, NULL)) {
				error_from_ly(err, ly, ERR_INVALID_VALUE, NULL);
				/* A schema path, with a step "input": none of XPath. */
				free(err->path);
				err->path = NULL;
				if (!err->bad_element)
					err->bad_element = strdup(opaq(n)->name.name);
				return true;
			}
		} else if (s->nodetype & LYD_NODE_ANY ? bad_filter(n, err)
						      : find_bad(ly, n, s, err)) {
			return true;
		}
	}
	return false;
}

static void diagnose_operation(const struct ly_ctx *ly, const struct lyd_node *rpc,
			       struct edit_error *err)
{
	const struct lyd_node *op = lyd_child(rpc);
	const struct lys_module *m;
	const struct lysc_node *s;

	if (!op) {
		error_set(err, ERR_MISSING_ELEMENT, NULL, "<rpc> holds no operation");
		err->type = ERR_TYPE_RPC;
		return;
	}
	m = module_of(ly, op);
	s = m ? lys_find_child(NULL, m, opaq(op)->name.name, 0, LYS_RPC, 0) : NULL;
	if (!s) {
		bad_element(err, ERR_OPERATION_NOT_SUPPORTED, op, "no operation");
		err->type = ERR_TYPE_PROTOCOL;
		return;
	}
	if (op->next) {
		error_set(err, ERR_UNKNOWN_ELEMENT, NULL, "<rpc> holds more than one operation");
		err->type = ERR_TYPE_RPC;
		return;
	}
	err->type = ERR_TYPE_PROTOCOL;
	find_bad(ly, op, s, err);
}

/* What the strict parser did not like; `strict` is its own word on it. */
static void diagnose(struct netconf_session *s, const char *xml, struct edit_error *strict,
		     struct edit_error *err)
{
	const struct ly_ctx *ly = s->n->env.schema->ly;
	struct lyd_node *tree = NULL;
	struct ly_in *in;

	if (ly_in_new_memory(xml, &in))
		abort();
	if (lyd_parse_data(s->n->plain, NULL, in, LYD_XML, LYD_PARSE_ONLY | LYD_PARSE_OPAQ, 0,
			   &tree) ||
	    !tree) {
		ly_err_clean(s->n->plain, NULL);
		error_set(err, ERR_MALFORMED_MESSAGE, NULL, "%s",
			  strict->message ? strict->message : "not XML");
		err->type = ERR_TYPE_RPC;
	} else if (strcmp(opaq(tree)->name.name, "rpc") || tree->next ||
		   strcmp(opaq(tree)->name.module_ns ? opaq(tree)->name.module_ns : "",
			  NS_NETCONF)) {
		error_set(err, ERR_MALFORMED_MESSAGE, NULL, "not one <rpc> of " NS_NETCONF);
		err->type = ERR_TYPE_RPC;
	} else {
		keep_attributes(&s->attributes, tree);
		if (!has_message_id(tree))
			no_message_id(err);
		else
			diagnose_operation(ly, tree, err);
	}
	if (err->tag == ERR_NONE)
		error_copy(err, strict);
	ly_in_free(in, 0);
	lyd_free_all(tree);
}

/* Mandatory parameters, choices, must: RFC 6241 says missing-element where the
 * mapping of RFC 7950 for data would say data-missing. */
static bool check(struct netconf_session *s, struct edit_error *err)
{
	const struct ly_ctx *ly = s->n->env.schema->ly;
	const char *message;
	enum error_tag tag;

	if (!lyd_validate_op(s->op, ds_tree(s->n->env.ds, DS_RUNNING), LYD_TYPE_RPC_YANG, NULL))
		return true;
	message = ly_errmsg(ly);
	tag = message && !strncmp(message, "Mandatory", strlen("Mandatory")) ? ERR_MISSING_ELEMENT
									     : ERR_INVALID_VALUE;
	error_from_ly(err, ly, tag, NULL);
	if (tag == ERR_MISSING_ELEMENT)
		err->tag = tag;
	err->type = ERR_TYPE_PROTOCOL;
	return false;
}

bool rpc_parse(struct netconf_session *s, const char *xml, struct edit_error *err)
{
	const struct ly_ctx *ly = s->n->env.schema->ly;
	struct edit_error strict = {0};
	struct ly_in *in;
	LY_ERR rc;

	if (ly_in_new_memory(xml, &in))
		abort();
	rc = lyd_parse_op(ly, NULL, in, LYD_XML, LYD_TYPE_RPC_NETCONF, &s->envelope, &s->op);
	ly_in_free(in, 0);
	if (rc || !s->op || !s->op->schema || s->op->schema->nodetype != LYS_RPC || !s->envelope) {
		error_from_ly(&strict, ly, ERR_INVALID_VALUE, NULL);
		strict.type = ERR_TYPE_PROTOCOL;
		diagnose(s, xml, &strict, err);
		error_clear(&strict);
		return false;
	}
	keep_attributes(&s->attributes, s->envelope);
	if (!has_message_id(s->envelope)) {
		no_message_id(err);
		return false;
	}
	return check(s, err);
}
