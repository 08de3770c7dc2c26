// SPDX-License-Identifier: MIT OR Apache-2.0
/* Sequence counters and locks: the numbers, and whom they send back. */
#include "ask.h"
#include <linux/seqlock.h>

static DEFINE_SEQLOCK(defined);
static DEFINE_SPINLOCK(lock);

CASE(seqcount, "seqcount_t seqcount_init SEQCNT_ZERO read_seqcount_begin read_seqcount_retry write_seqcount_begin write_seqcount_end"
	       " raw_read_seqcount raw_seqcount_begin raw_write_seqcount_begin raw_write_seqcount_end write_seqcount_invalidate"
	       " raw_write_seqcount_barrier seqcount.sequence preempt_count")
{
	seqcount_t count = SEQCNT_ZERO(count);
	unsigned int first, inside, even;
	int retry, disabled;

	answer("zero=%u", count.sequence);
	first = read_seqcount_begin(&count);
	answer("begin=%u retry=%d", first, read_seqcount_retry(&count, first));
	preempt_disable();
	write_seqcount_begin(&count);
	inside = raw_read_seqcount(&count);
	even = raw_seqcount_begin(&count);
	retry = read_seqcount_retry(&count, even);
	write_seqcount_end(&count);
	preempt_enable();
	answer("inside=%u even=%u retry=%d", inside, even, retry);
	answer("after=%u old_retry=%d new_retry=%d", count.sequence, read_seqcount_retry(&count, first),
	       read_seqcount_retry(&count, read_seqcount_begin(&count)));
	raw_write_seqcount_begin(&count);
	inside = count.sequence;
	disabled = preempt_count();
	raw_write_seqcount_end(&count);
	answer("raw inside=%u after=%u preempt_count=%d", inside, count.sequence, disabled);
	first = read_seqcount_begin(&count);
	preempt_disable();
	write_seqcount_invalidate(&count);
	preempt_enable();
	answer("invalidated=%u retry=%d", count.sequence, read_seqcount_retry(&count, first));
	raw_write_seqcount_barrier(&count);
	answer("barrier=%u", count.sequence);
	seqcount_init(&count);
	answer("init=%u", count.sequence);
}

CASE(with_lock, "seqcount_spinlock_t seqcount_spinlock_init SEQCNT_SPINLOCK_ZERO write_seqcount_begin write_seqcount_end"
		" read_seqcount_begin read_seqcount_retry")
{
	seqcount_spinlock_t count = SEQCNT_SPINLOCK_ZERO(count, &lock);
	unsigned int first = read_seqcount_begin(&count);

	spin_lock(&lock);
	write_seqcount_begin(&count);
	answer("inside=%u", count.seqcount.sequence);
	write_seqcount_end(&count);
	spin_unlock(&lock);
	answer("after=%u retry=%d", count.seqcount.sequence, read_seqcount_retry(&count, first));
	seqcount_spinlock_init(&count, &lock);
	answer("init=%u", count.seqcount.sequence);
}

static void state(const char *when, seqlock_t *sl)
{
	/* The number itself: read_seqbegin() waits while it is odd. */
	answer("%s sequence=%u locked=%d", when, raw_read_seqcount(&sl->seqcount), spin_is_locked(&sl->lock));
}

CASE(seqlock, "DEFINE_SEQLOCK seqlock_t seqlock_init seqlock_t.lock seqlock_t.seqcount read_seqbegin read_seqretry write_seqlock"
	      " write_sequnlock write_seqlock_bh write_sequnlock_bh write_seqlock_irq write_sequnlock_irq write_seqlock_irqsave"
	      " write_sequnlock_irqrestore read_seqlock_excl read_sequnlock_excl")
{
	seqlock_t sl;
	unsigned int first;
	unsigned long flags;

	state("defined", &defined);
	seqlock_init(&sl);
	first = read_seqbegin(&sl);
	answer("first=%u retry=%d", first, !!read_seqretry(&sl, first));
	write_seqlock(&sl);
	state("write", &sl);
	write_sequnlock(&sl);
	state("after", &sl);
	answer("retry=%d again=%d", !!read_seqretry(&sl, first), !!read_seqretry(&sl, read_seqbegin(&sl)));
	write_seqlock_bh(&sl);
	write_sequnlock_bh(&sl);
	write_seqlock_irq(&sl);
	write_sequnlock_irq(&sl);
	write_seqlock_irqsave(&sl, flags);
	state("irqsave", &sl);
	write_sequnlock_irqrestore(&sl, flags);
	first = read_seqbegin(&sl);
	read_seqlock_excl(&sl);
	state("exclusive", &sl);
	answer("exclusive retry=%d", !!read_seqretry(&sl, first));
	read_sequnlock_excl(&sl);
	state("end", &sl);
}

CASE(begin_or_lock, "read_seqbegin_or_lock need_seqretry done_seqretry")
{
	seqlock_t sl;
	int seq = 0, rounds = 0, needed[3];

	seqlock_init(&sl);
	write_seqlock(&sl);
	write_sequnlock(&sl);
	for (;;) {
		read_seqbegin_or_lock(&sl, &seq);
		answer("round=%d seq=%d locked=%d", rounds, seq, spin_is_locked(&sl.lock));
		/* A writer comes while the first round reads. */
		if (rounds == 0) {
			write_seqlock(&sl);
			write_sequnlock(&sl);
		}
		needed[rounds] = need_seqretry(&sl, seq);
		if (!needed[rounds])
			break;
		done_seqretry(&sl, seq);
		rounds++;
		seq = 1;
	}
	done_seqretry(&sl, seq);
	answer("rounds=%d needed=%d,%d locked=%d", rounds, needed[0], needed[1], spin_is_locked(&sl.lock));
}

CASE(latch, "seqcount_latch_t seqcount_latch_init raw_write_seqcount_latch raw_read_seqcount_latch")
{
	seqcount_latch_t latch;
	unsigned int first, second;

	seqcount_latch_init(&latch);
	first = raw_read_seqcount_latch(&latch);
	raw_write_seqcount_latch(&latch);
	second = raw_read_seqcount_latch(&latch);
	raw_write_seqcount_latch(&latch);
	answer("numbers=%u,%u,%u", first, second, raw_read_seqcount_latch(&latch));
}

ASK_MODULE(&case_seqcount, &case_with_lock, &case_seqlock, &case_begin_or_lock, &case_latch);
