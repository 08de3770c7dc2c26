/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Major numbers that always mean the same. */
#ifndef KT_CORE_LINUX_MAJOR_H
#define KT_CORE_LINUX_MAJOR_H

#define UNNAMED_MAJOR 0
#define MEM_MAJOR 1
#define RAMDISK_MAJOR 1
#define FLOPPY_MAJOR 2
#define TTY_MAJOR 4
#define TTYAUX_MAJOR 5
#define LP_MAJOR 6
#define LOOP_MAJOR 7
#define SCSI_DISK0_MAJOR 8
#define MISC_MAJOR 10
#define INPUT_MAJOR 13
#define SOUND_MAJOR 14
#define VIDEO_MAJOR 81
#define USB_CHAR_MAJOR 180

#endif
