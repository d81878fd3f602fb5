import { Notification } from '@jupyterlab/apputils';

/** Tell the user of a failure and what to do about it; it stays until it is read. */
export function failed(error: unknown): void {
  const { message, remedy } = error as { message: string; remedy?: string | null };
  Notification.error([message, remedy].filter(Boolean).join(' '), { autoClose: false });
}
