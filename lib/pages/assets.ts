import { readFileSync } from 'node:fs';

/** The text of the files that the pages load, by name. In the package the text is in the code: the build puts it there. */
export const ASSETS: Readonly<Record<string, string>> = {
  'sms-otp.css': readFileSync(new URL('./assets/sms-otp.css', import.meta.url), 'utf8'),
  'support.css': readFileSync(new URL('./assets/support.css', import.meta.url), 'utf8'),
  'sms-otp.js': readFileSync(new URL('./assets/sms-otp.js', import.meta.url), 'utf8'),
};
