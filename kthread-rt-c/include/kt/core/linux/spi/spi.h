/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The SPI bus. There is none: drivers can be registered, but are never probed. */
#ifndef KT_CORE_LINUX_SPI_SPI_H
#define KT_CORE_LINUX_SPI_SPI_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/init.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/mod_devicetable.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define SPI_CPHA 0x01
#define SPI_CPOL 0x02
#define SPI_MODE_0 0
#define SPI_MODE_1 SPI_CPHA
#define SPI_MODE_2 SPI_CPOL
#define SPI_MODE_3 (SPI_CPOL | SPI_CPHA)
#define SPI_CS_HIGH 0x04
#define SPI_LSB_FIRST 0x08
#define SPI_3WIRE 0x10

struct spi_master;

struct spi_device {
	struct device dev;
	struct spi_master *master;
	u32 max_speed_hz;
	u8 chip_select;
	u8 bits_per_word;
	u32 mode;
	int irq;
	char modalias[SPI_NAME_SIZE];
};

static inline struct spi_device *to_spi_device(const struct device *dev)
{
	return dev ? container_of((struct device *)dev, struct spi_device, dev) : NULL;
}

struct spi_board_info {
	char modalias[SPI_NAME_SIZE];
	const void *platform_data;
	int irq;
	u32 max_speed_hz;
	u16 bus_num;
	u16 chip_select;
	u32 mode;
};

struct spi_driver {
	const struct spi_device_id *id_table;
	int (*probe)(struct spi_device *spi);
#if KT_SINCE(5, 18)
	void (*remove)(struct spi_device *spi);
#else
	int (*remove)(struct spi_device *spi);
#endif
	void (*shutdown)(struct spi_device *spi);
	struct device_driver driver;
};

struct spi_transfer {
	const void *tx_buf;
	void *rx_buf;
	unsigned int len;
	unsigned int cs_change : 1;
	u8 bits_per_word;
	u32 speed_hz;
	struct list_head transfer_list;
};

struct spi_message {
	struct list_head transfers;
	struct spi_device *spi;
	void (*complete)(void *context);
	void *context;
	unsigned int actual_length;
	int status;
};

static inline void spi_message_init(struct spi_message *message)
{
	struct spi_message empty = { { NULL, NULL }, NULL, NULL, NULL, 0, 0 };

	*message = empty;
	INIT_LIST_HEAD(&message->transfers);
}

static inline void spi_message_add_tail(struct spi_transfer *transfer, struct spi_message *message)
{
	list_add_tail(&transfer->transfer_list, &message->transfers);
}

static inline int spi_register_driver(struct spi_driver *driver)
{
	(void)driver;
	return 0;
}

static inline void spi_unregister_driver(struct spi_driver *driver)
{
	(void)driver;
}
#define module_spi_driver(driver) module_driver(driver, spi_register_driver, spi_unregister_driver)

static inline void spi_set_drvdata(struct spi_device *spi, void *data)
{
	dev_set_drvdata(&spi->dev, data);
}

static inline void *spi_get_drvdata(struct spi_device *spi)
{
	return dev_get_drvdata(&spi->dev);
}

static inline int spi_setup(struct spi_device *spi)
{
	(void)spi;
	return -ENODEV;
}

static inline int spi_sync(struct spi_device *spi, struct spi_message *message)
{
	(void)spi, (void)message;
	return -ESHUTDOWN;
}

static inline int spi_async(struct spi_device *spi, struct spi_message *message)
{
	(void)spi, (void)message;
	return -ESHUTDOWN;
}

static inline int spi_write(struct spi_device *spi, const void *from, size_t count)
{
	(void)spi, (void)from, (void)count;
	return -ESHUTDOWN;
}

static inline int spi_read(struct spi_device *spi, void *to, size_t count)
{
	(void)spi, (void)to, (void)count;
	return -ESHUTDOWN;
}

static inline int spi_write_then_read(struct spi_device *spi, const void *from, unsigned int n, void *to, unsigned int room)
{
	(void)spi, (void)from, (void)n, (void)to, (void)room;
	return -ESHUTDOWN;
}

#endif
