/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files of one module have in common. */
const char *files_greeting(void);
