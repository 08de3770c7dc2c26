// SPDX-License-Identifier: MIT OR Apache-2.0
/* What small headers say: sizes, rings, identifiers, capabilities, pieces of memory, keys, pages, and messages said once. */
#define DEBUG
#include <linux/capability.h>
#include <linux/circ_buf.h>
#include <linux/device.h>
#include <linux/kallsyms.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sysrq.h>
#include <linux/trace_events.h>
#include <linux/tracepoint.h>
#include <linux/tty.h>
#include <linux/uuid.h>

TRACE_EVENT(small, TP_PROTO(int a, const char *b), TP_ARGS(a, b), TP_STRUCT__entry(__field(int, a)), TP_fast_assign(__entry->a = a;),
	    TP_printk("%d", __entry->a));
DECLARE_EVENT_CLASS(smaller, TP_PROTO(int a), TP_ARGS(a), TP_STRUCT__entry(), TP_fast_assign(), TP_printk("x"));
DEFINE_EVENT(smaller, smallest, TP_PROTO(int a), TP_ARGS(a));

static void rings(void)
{
	int head, tail, wrong = 0;

	/* By counting, in a ring of 8. */
	for (head = 0; head < 8; head++) {
		for (tail = 0; tail < 8; tail++) {
			int count = 0, to_end = 0, space = 0, space_to_end = 0, i;

			for (i = tail; i != head; i = (i + 1) % 8)
				count++;
			for (i = tail; i != head && i < 8; i++)
				to_end++;
			for (i = head; (i + 1) % 8 != tail; i = (i + 1) % 8)
				space++;
			for (i = head; i < 8 && (i + 1) % 8 != tail; i++)
				space_to_end++;
			wrong += CIRC_CNT(head, tail, 8) != count || CIRC_CNT_TO_END(head, tail, 8) != to_end ||
				 CIRC_SPACE(head, tail, 8) != space || CIRC_SPACE_TO_END(head, tail, 8) != space_to_end;
		}
	}
	pr_info("rings: %d wrong\n", wrong);
}

static void identifiers(void)
{
	static const uuid_t uuid = UUID_INIT(0x00112233, 0x4455, 0x6677, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff);
	static const guid_t guid = GUID_INIT(0x00112233, 0x4455, 0x6677, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff);
	const char *text = "00112233-4455-6677-8899-aabbccddeeff";
	uuid_t u, other;
	guid_t g;
	u8 bytes[16];

	pr_info("uuid %pUb, guid %pUl; bytes %02x %02x\n", &uuid, &guid, uuid.b[0], guid.b[0]);
	pr_info("parsed: %d %d, ", uuid_parse(text, &u), guid_parse(text, &g));
	pr_cont("the same: %d %d; ", uuid_equal(&u, &uuid), guid_equal(&g, &guid));
	pr_cont("wrong ones: %d %d %d\n", uuid_parse("00112233", &u), uuid_parse("00112233-4455-6677-8899-aabbccddeefg", &u),
		uuid_is_valid("00112233x4455-6677-8899-aabbccddeeff"));
	export_uuid(bytes, &uuid);
	import_uuid(&other, bytes);
	uuid_gen(&u);
	guid_gen(&g);
	pr_info("exported and imported: %d; null: %d %d %d; versions: %x %x, variants: %x %x\n", uuid_equal(&other, &uuid),
		uuid_is_null(&uuid_null), guid_is_null(&guid_null), uuid_is_null(&uuid), u.b[6] >> 4, g.b[7] >> 4, u.b[8] >> 6,
		g.b[8] >> 6);
}

static void pieces(void)
{
	struct scatterlist sgl[3], *sg;
	char a[4], b[5], c[6], out[16] = "";
	int i, bytes = 0;

	sg_init_table(sgl, 3);
	sg_set_buf(&sgl[0], a, sizeof(a));
	sg_set_buf(&sgl[1], b, sizeof(b));
	sg_set_buf(&sgl[2], c, sizeof(c));
	for_each_sg(sgl, sg, 3, i)
		bytes += sg->length;
	pr_info("pieces: %d, %d bytes, the last is last %d, where it was put %d\n", sg_nents(sgl), bytes,
		sg_next(&sgl[2]) == NULL && sg_last(sgl, 3) == &sgl[2], sg_virt(&sgl[1]) == b);
	pr_info("copied: %zu, ", sg_copy_from_buffer(sgl, 3, "abcdefghijklmno", 15));
	pr_cont("%.4s %.5s %.6s, ", a, b, c);
	pr_cont("%zu from 3 on: ", sg_pcopy_to_buffer(sgl, 3, out, 7, 3));
	pr_cont("%s\n", out);
}

static int pressed;
#if KT_SINCE(6, 7)
static void press(u8 key)
#else
static void press(int key)
#endif
{
	pressed = key;
}

static const struct sysrq_key_op op = { .handler = press, .help_msg = "press(x)", .action_msg = "pressed", .enable_mask = 1 };

static void keys(void)
{
	pr_info("a key: %d, ", register_sysrq_key('x', &op));
	pr_cont("again %d, no key %d; ", register_sysrq_key('x', &op), register_sysrq_key('#', &op));
	handle_sysrq('x');
	handle_sysrq('y');
	pr_cont("pressed %c; ", pressed);
	pr_cont("gone: %d, ", unregister_sysrq_key('x', &op));
	pr_cont("again %d\n", unregister_sysrq_key('x', &op));
}

static void pages(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	pr_info("a page has %d reference(s), ", page_count(page));
	get_page(page);
	pr_cont("%d, ", page_count(page));
	put_page(page);
	pr_cont("%d; ", page_count(page));
	get_page(page);
	__free_page(page);
	pr_cont("freed once of two: %d, ", page_count(page));
	put_page(page);
	pr_cont("and put: %d\n", page_count(page));
}

static void once(void)
{
	struct device *dev = NULL;
	int i;

	for (i = 0; i < 3; i++) {
		pr_emerg_once("once: emerg\n");
		pr_alert_once("once: alert\n");
		pr_crit_once("once: crit\n");
		printk_once(KERN_INFO "once: printk\n");
		printk_deferred_once(KERN_INFO "once: deferred\n");
		pr_info_once("once: info\n");
	}
	for (i = 0; i < 3; i++) {
		dev_emerg_once(dev, "once\n");
		dev_alert_once(dev, "once\n");
		dev_crit_once(dev, "once\n");
		dev_dbg_once(dev, "once\n");
		dev_level_once(dev_notice, dev, "once\n");
	}
	for (i = 0; i < 100; i++)
		pr_warn_ratelimited("limited\n");
	for (i = 0; i < 100; i++)
		dev_crit_ratelimited(dev, "limited, too\n");
}

static int __init test_init(void)
{
	u128 wide = (u128)1 << 100;

	pr_info("sizes: %d %d %llu; names of %d, orders below %d; 2^100 >> 90 = %d\n", SZ_4K == 4096, SZ_512M == 512 << 20, SZ_4G >> 30,
		KSYM_NAME_LEN, MAX_ORDER, (int)(wide >> 90));
	pr_info("capable: %d %d, of nothing %d; valid: %d %d\n", capable(CAP_SYS_ADMIN), ns_capable(NULL, CAP_NET_ADMIN), capable(77),
		!!cap_valid(CAP_LAST_CAP), !!cap_valid(CAP_LAST_CAP + 1));
	rings();
	identifiers();
	pieces();
	keys();
	pages();
	once();
	allow_signal(SIGUSR1);
	force_sig(SIGUSR1);
	pr_info("force_sig: pending %d\n", signal_pending(current));
	flush_signals(current);
	trace_small(1, "x");
	trace_smallest(2);
	touch_nmi_watchdog();
	kmemleak_not_leak(&wide);
	pr_info("names only: %d %d %d %s\n", trace_small_enabled(), trigger_all_cpu_backtrace(), get_current_tty() == NULL,
		tty_name(NULL));
	return 0;
}

module_init(test_init);
MODULE_LICENSE("Dual MIT/GPL");
