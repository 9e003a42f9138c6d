import { fileURLToPath } from 'node:url';

/** The files that the pages load, by name. */
export const ASSETS: Readonly<Record<string, string>> = {
  'sms-otp.css': fileURLToPath(new URL('./assets/sms-otp.css', import.meta.url)),
  'sms-otp.js': fileURLToPath(new URL('./assets/sms-otp.js', import.meta.url)),
};
