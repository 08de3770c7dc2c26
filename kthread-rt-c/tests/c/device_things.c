// SPDX-License-Identifier: MIT OR Apache-2.0
/* What goes with a device, devices of a module's own, input devices, and drivers that are never probed. */
#include <linux/clk.h>
#include <linux/device.h>
#include <linux/firmware.h>
#include <linux/fs.h>
#include <linux/gpio/consumer.h>
#include <linux/i2c.h>
#include <linux/input.h>
#include <linux/keyboard.h>
#include <linux/kernel.h>
#include <linux/leds.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>
#include <linux/sysrq.h>

static void gone(struct device *dev)
{
	pr_info("the device goes\n");
	kfree(dev);
}

static void tell(void *text)
{
	pr_info("%s\n", (const char *)text);
}

static void released(struct device *dev, void *resource)
{
	pr_info("%s: its resource %d goes\n", dev_name(dev), *(int *)resource);
}

static void managed(void)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int *resource, *unused;
	char *text;

	device_initialize(dev);
	dev_set_name(dev, "owner");
	dev->release = gone;
	device_add(dev);
	devm_add_action(dev, tell, "the first action is the last");
	resource = devres_alloc(released, sizeof(*resource), GFP_KERNEL);
	pr_info("zero at first: %d\n", *resource);
	*resource = 7;
	devres_add(dev, resource);
	unused = devres_alloc(released, sizeof(*unused), GFP_KERNEL);
	devres_free(unused);
	text = devm_kasprintf(dev, GFP_KERNEL, "%s-%d", "text", 5);
	pr_info("%s %s %d\n", text, devm_kstrdup(dev, "copied", GFP_KERNEL),
		*(int *)devm_kmemdup(dev, resource, sizeof(*resource), GFP_KERNEL));
	devm_add_action_or_reset(dev, tell, "it was called early");
	devm_release_action(dev, tell, "it was called early");
	devm_add_action(dev, tell, "this is forgotten");
	devm_remove_action(dev, tell, "this is forgotten");
	device_unregister(dev);
}

static ssize_t size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", dev_name(dev));
}
static DEVICE_ATTR_RO(size);

static void attribute(const char *path)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	char text[16] = { 0 };
	loff_t pos = 0;

	if (IS_ERR(file)) {
		pr_info("%s: %ld\n", path, PTR_ERR(file));
		return;
	}
	kernel_read(file, text, sizeof(text) - 1, &pos);
	pr_info("%s: %s", path, text);
	filp_close(file, NULL);
}

static void renamed(void)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL), *other = kzalloc(sizeof(*dev), GFP_KERNEL);

	dev->release = other->release = gone;
	dev_set_name(dev, "old");
	dev_set_name(other, "other");
	pr_info("not yet registered: %d\n", device_rename(dev, "new"));
	device_register(dev);
	device_register(other);
	device_create_file(dev, &dev_attr_size);
	pr_info("renamed: %d\n", device_rename(dev, "new"));
	pr_info("to what another one is called: %d\n", device_rename(other, "new"));
	attribute("/sys/devices/new/size");
	attribute("/sys/devices/old/size");
	device_unregister(other);
	device_unregister(dev);
}

static int probe(struct platform_device *device)
{
	pr_info("nobody probes\n");
	return 0;
}

static const struct dev_pm_ops sleep_ops = { SYSTEM_SLEEP_PM_OPS(NULL, NULL) };
static struct platform_driver driver = {
	.probe = probe,
	.driver = { .name = "own", .probe_type = PROBE_PREFER_ASYNCHRONOUS, .pm = pm_ptr(&sleep_ops) },
};

static void platform(void)
{
	static const struct resource resources[] = {
		{ .start = 16, .end = 31, .flags = IORESOURCE_MEM },
		{ .start = 9, .end = 9, .flags = IORESOURCE_IRQ },
	};
	struct platform_device *simple = platform_device_register_simple("own", 3, resources, 2);
	struct platform_device *other = platform_device_alloc("own", PLATFORM_DEVID_NONE);
	int data = 42;

	pr_info("driver: %d\n", platform_driver_register(&driver));
	pr_info("%s: irq %d, another %d, memory from %d, ports %d\n", dev_name(&simple->dev), platform_get_irq(simple, 0),
		platform_get_irq(simple, 1), (int)platform_get_resource(simple, IORESOURCE_MEM, 0)->start,
		platform_get_resource(simple, IORESOURCE_IO, 0) != NULL);
	platform_device_add_data(other, &data, sizeof(data));
	pr_info("added: %d\n", platform_device_add(other));
	pr_info("%s, its data %d\n", dev_name(&other->dev), *(int *)dev_get_platdata(&other->dev));
	platform_set_drvdata(other, &data);
	pr_info("kept: %d\n", platform_get_drvdata(other) == &data);
	pr_info("the same name again: %ld\n", PTR_ERR(platform_device_register_simple("own", -1, NULL, 0)));
	platform_device_unregister(other);
	platform_device_unregister(simple);
	platform_driver_unregister(&driver);
}

static void input(void)
{
	struct input_dev *dev = input_allocate_device();

	dev->name = "box";
	input_set_capability(dev, EV_KEY, KEY_A);
	input_set_abs_params(dev, ABS_X, -5, 5, 0, 0);
	pr_info("registered: %d, keys %d, axes %d, to %d\n", input_register_device(dev), test_bit(EV_KEY, dev->evbit),
		test_bit(ABS_X, dev->absbit), input_abs_get_max(dev, ABS_X));
	input_report_key(dev, KEY_A, 1);
	input_sync(dev);
	pr_info("held: %d", test_bit(KEY_A, dev->key));
	input_report_key(dev, KEY_A, 0);
	pr_cont(" %d\n", test_bit(KEY_A, dev->key));
	input_unregister_device(dev);
}

static void loaded(const struct firmware *firmware, void *context)
{
	pr_info("firmware: %d\n", firmware != NULL);
}

static void shine(struct led_classdev *led, enum led_brightness brightness)
{
	pr_info("brightness %d\n", brightness);
}

static void nothing_there(void)
{
	struct led_classdev led = { .name = "lamp", .brightness_set = shine };
	struct i2c_board_info info = { I2C_BOARD_INFO("chip", 0x50) };
	const struct firmware *firmware;

	pr_info("adapter: %d, client: %ld\n", i2c_get_adapter(1) != NULL, PTR_ERR(i2c_new_client_device(NULL, &info)));
	pr_info("pin: %ld, if there is one: %d\n", PTR_ERR(gpiod_get(NULL, "reset", GPIOD_OUT_LOW)),
		gpiod_get_optional(NULL, "reset", GPIOD_OUT_LOW) != NULL);
	pr_info("clock: %ld, none is on: %d\n", PTR_ERR(clk_get(NULL, NULL)), clk_prepare_enable(NULL));
	pr_info("request_firmware: %d\n", request_firmware(&firmware, "x.bin", NULL));
	request_firmware_nowait(THIS_MODULE, true, "x.bin", NULL, GFP_KERNEL, NULL, loaded);
	led_classdev_register(NULL, &led);
	led_set_brightness(&led, 300);
	led_classdev_unregister(&led);
	pr_info("awake: %d\n", pm_runtime_active(NULL));
}

static int __init test_init(void)
{
	managed();
	renamed();
	platform();
	input();
	nothing_there();
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
