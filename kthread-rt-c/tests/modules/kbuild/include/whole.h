/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What whole has for others. */
int whole_more(void);
