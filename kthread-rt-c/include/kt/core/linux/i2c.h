/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The I2C bus. There is none: drivers can be registered but are never probed, and there are no
 * adapters.
 */
#ifndef KT_CORE_LINUX_I2C_H
#define KT_CORE_LINUX_I2C_H

#include <kt/core/linux/device.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/init.h>
#include <kt/core/linux/mod_devicetable.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#define I2C_M_RD 0x0001
#define I2C_M_TEN 0x0010
#define I2C_M_NOSTART 0x4000
#define I2C_SMBUS_BLOCK_MAX 32
#define I2C_FUNC_I2C 0x00000001
#define I2C_FUNC_SMBUS_BYTE 0x00060000
#define I2C_FUNC_SMBUS_BYTE_DATA 0x00180000
#define I2C_FUNC_SMBUS_WORD_DATA 0x00600000
#define I2C_FUNC_10BIT_ADDR 0x00000002
#define I2C_FUNC_NOSTART 0x00000010
#define I2C_FUNC_SMBUS_QUICK 0x00010000
#define I2C_FUNC_SMBUS_READ_BYTE 0x00020000
#define I2C_FUNC_SMBUS_WRITE_BYTE 0x00040000
#define I2C_FUNC_SMBUS_READ_BYTE_DATA 0x00080000
#define I2C_FUNC_SMBUS_WRITE_BYTE_DATA 0x00100000
#define I2C_FUNC_SMBUS_READ_WORD_DATA 0x00200000
#define I2C_FUNC_SMBUS_WRITE_WORD_DATA 0x00400000
#define I2C_FUNC_SMBUS_BLOCK_DATA 0x03000000
#define I2C_FUNC_SMBUS_READ_I2C_BLOCK 0x04000000
#define I2C_FUNC_SMBUS_WRITE_I2C_BLOCK 0x08000000
#define I2C_FUNC_SMBUS_I2C_BLOCK 0x0c000000
#define I2C_FUNC_SMBUS_EMUL 0x0eff8008
#define I2C_MAX_STANDARD_MODE_FREQ 100000
#define I2C_MAX_FAST_MODE_FREQ 400000
#define I2C_MAX_FAST_MODE_PLUS_FREQ 1000000
#define I2C_MAX_HIGH_SPEED_MODE_FREQ 3400000
#define I2C_CLIENT_END 0xfffeU
#define I2C_CLASS_HWMON (1 << 0)

struct i2c_msg {
	__u16 addr;
	__u16 flags;
	__u16 len;
	__u8 *buf;
};

union i2c_smbus_data {
	__u8 byte;
	__u16 word;
	__u8 block[I2C_SMBUS_BLOCK_MAX + 2];
};

#define I2C_SMBUS_READ 1
#define I2C_SMBUS_WRITE 0
#define I2C_SMBUS_QUICK 0
#define I2C_SMBUS_BYTE 1
#define I2C_SMBUS_BYTE_DATA 2
#define I2C_SMBUS_WORD_DATA 3
#define I2C_SMBUS_BLOCK_DATA 5

static inline u8 i2c_8bit_addr_from_msg(const struct i2c_msg *message)
{
	return (u8)(message->addr << 1 | (message->flags & I2C_M_RD ? 1 : 0));
}

struct i2c_algorithm;

struct i2c_adapter {
	struct module *owner;
	unsigned int KT_CLASS;
	const struct i2c_algorithm *algo;
	void *algo_data;
	int timeout;
	int retries;
	struct device dev;
	int nr;
	char name[48];
};
#define to_i2c_adapter(device) container_of(device, struct i2c_adapter, dev)

struct i2c_algorithm {
	int (*master_xfer)(struct i2c_adapter *adapter, struct i2c_msg *messages, int count);
	int (*smbus_xfer)(struct i2c_adapter *adapter, u16 address, unsigned short flags, char direction, u8 command, int size,
			  union i2c_smbus_data *data);
	u32 (*functionality)(struct i2c_adapter *adapter);
};

struct i2c_client {
	unsigned short flags;
	unsigned short addr;
	char name[I2C_NAME_SIZE];
	struct i2c_adapter *adapter;
	struct device dev;
	int irq;
};
#define to_i2c_client(device) container_of(device, struct i2c_client, dev)

struct i2c_board_info {
	char type[I2C_NAME_SIZE];
	unsigned short flags;
	unsigned short addr;
	const char *dev_name;
	void *platform_data;
	struct device_node *of_node;
	struct fwnode_handle *fwnode;
	int irq;
};
#define I2C_BOARD_INFO(name, address) .type = name, .addr = (address)

struct i2c_driver {
	unsigned int KT_CLASS;
#if KT_SINCE(6, 3)
	int (*probe)(struct i2c_client *client);
#else
	int (*probe)(struct i2c_client *client, const struct i2c_device_id *id);
#endif
	int (*probe_new)(struct i2c_client *client);
#if KT_SINCE(6, 1)
	void (*remove)(struct i2c_client *client);
#else
	int (*remove)(struct i2c_client *client);
#endif
	void (*shutdown)(struct i2c_client *client);
	int (*detect)(struct i2c_client *client, struct i2c_board_info *info);
	const unsigned short *address_list;
	struct device_driver driver;
	const struct i2c_device_id *id_table;
};

static inline int i2c_register_driver(struct module *owner, struct i2c_driver *driver)
{
	(void)owner, (void)driver;
	return 0;
}
#define i2c_add_driver(driver) i2c_register_driver(THIS_MODULE, driver)

static inline void i2c_del_driver(struct i2c_driver *driver)
{
	(void)driver;
}
#define module_i2c_driver(driver) module_driver(driver, i2c_add_driver, i2c_del_driver)

static inline void *i2c_get_clientdata(const struct i2c_client *client)
{
	return dev_get_drvdata(&client->dev);
}

static inline void i2c_set_clientdata(struct i2c_client *client, void *data)
{
	dev_set_drvdata(&client->dev, data);
}

static inline struct i2c_adapter *i2c_get_adapter(int number)
{
	(void)number;
	return NULL;
}

static inline void i2c_put_adapter(struct i2c_adapter *adapter)
{
	(void)adapter;
}

static inline int i2c_add_adapter(struct i2c_adapter *adapter)
{
	(void)adapter;
	return -ENODEV;
}
#define i2c_add_numbered_adapter i2c_add_adapter

static inline void i2c_del_adapter(struct i2c_adapter *adapter)
{
	(void)adapter;
}

static inline void *i2c_get_adapdata(const struct i2c_adapter *adapter)
{
	return dev_get_drvdata(&adapter->dev);
}

static inline void i2c_set_adapdata(struct i2c_adapter *adapter, void *data)
{
	dev_set_drvdata(&adapter->dev, data);
}

static inline struct i2c_client *i2c_new_client_device(struct i2c_adapter *adapter, const struct i2c_board_info *info)
{
	(void)adapter, (void)info;
	return (struct i2c_client *)ERR_PTR(-ENODEV);
}
#if !KT_SINCE(5, 8)
static inline struct i2c_client *i2c_new_device(struct i2c_adapter *adapter, const struct i2c_board_info *info)
{
	(void)adapter, (void)info;
	return NULL;
}
#endif

static inline void i2c_unregister_device(struct i2c_client *client)
{
	(void)client;
}

static inline int i2c_transfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int count)
{
	(void)adapter, (void)messages, (void)count;
	return -ENXIO;
}

static inline int i2c_master_send(const struct i2c_client *client, const char *from, int count)
{
	(void)client, (void)from, (void)count;
	return -ENXIO;
}

static inline int i2c_master_recv(const struct i2c_client *client, char *to, int count)
{
	(void)client, (void)to, (void)count;
	return -ENXIO;
}

static inline s32 i2c_smbus_read_byte(const struct i2c_client *client)
{
	(void)client;
	return -ENXIO;
}

static inline s32 i2c_smbus_write_byte(const struct i2c_client *client, u8 value)
{
	(void)client, (void)value;
	return -ENXIO;
}

static inline s32 i2c_smbus_read_byte_data(const struct i2c_client *client, u8 command)
{
	(void)client, (void)command;
	return -ENXIO;
}

static inline s32 i2c_smbus_write_byte_data(const struct i2c_client *client, u8 command, u8 value)
{
	(void)client, (void)command, (void)value;
	return -ENXIO;
}

static inline s32 i2c_smbus_read_word_data(const struct i2c_client *client, u8 command)
{
	(void)client, (void)command;
	return -ENXIO;
}

static inline s32 i2c_smbus_write_word_data(const struct i2c_client *client, u8 command, u16 value)
{
	(void)client, (void)command, (void)value;
	return -ENXIO;
}

static inline s32 i2c_smbus_read_i2c_block_data(const struct i2c_client *client, u8 command, u8 length, u8 *to)
{
	(void)client, (void)command, (void)length, (void)to;
	return -ENXIO;
}

static inline int i2c_check_functionality(struct i2c_adapter *adapter, u32 wanted)
{
	return adapter->algo && adapter->algo->functionality && (adapter->algo->functionality(adapter) & wanted) == wanted;
}

#endif
