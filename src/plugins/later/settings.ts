import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** Read a plugin's settings, now and when they change. */
export async function onSettings(
  registry: ISettingRegistry | null,
  id: string,
  read: (settings: ISettingRegistry.ISettings) => void
): Promise<void> {
  try {
    const settings = await registry?.load(id);
    if (settings) {
      read(settings);
      settings.changed.connect(read);
    }
  } catch (error) {
    console.warn(`The settings of ${id} could not be read:`, error);
  }
}
