import { type Request, type Response, Router, urlencoded } from 'express';
import { type SmsOtp, SmsOtpError, type User, type UserStore } from 'express-sms-otp';
import { adminPage, helpCodePage, messagePage } from './pages.ts';

const ADMINISTRATORS = ['ada'];
const USERNAMES = ['ada', 'grace', 'alan'];

export function isAdministrator({ smsOtp }: Request): boolean {
  return ADMINISTRATORS.includes(smsOtp.user?.username ?? '');
}

/** Shows everybody's numbers, masked, and removes them. */
export function createAdmin(otp: SmsOtp, userStore: UserStore): Router {
  const router = Router();
  router.use((req, res, next) => {
    if (isAdministrator(req)) next();
    else res.status(403).send(messagePage('Not for you', 'This page is for administrators only.'));
  });
  router.get('/', async (_req, res) => {
    const users = await findUsers(userStore);
    const rows = users.map(async (user) => ({ user, numbers: await otp.phones.list(user.id) }));
    res.send(adminPage(await Promise.all(rows)));
  });
  router.post('/help-code', urlencoded(), async (req, res) => {
    const { userId = '' } = { ...req.body };
    const issuedBy = req.smsOtp.user?.username ?? '';
    res.set('Cache-Control', 'no-store').send(helpCodePage(await otp.issueHelpCode(String(userId), { issuedBy })));
  });
  router.post('/phones/remove', urlencoded(), (req, res) => removePhone(otp, req, res));
  return router;
}

async function findUsers(userStore: UserStore): Promise<readonly User[]> {
  try {
    const users = await Promise.all(USERNAMES.map((username) => userStore.findUser({ username })));
    return users.filter((user) => user !== undefined);
  } catch (cause) {
    throw new SmsOtpError('DIRECTORY_UNAVAILABLE', { cause });
  }
}

/** The page names a number by its place and its end; after a change meanwhile the two do not agree. */
async function removePhone(otp: SmsOtp, { body }: Request, res: Response): Promise<void> {
  const { userId = '', place = '', end = '' } = { ...body };
  const number = (await otp.phones.list(String(userId)))[Number(place)];
  if (number === undefined || number.slice(-4) !== end) {
    throw new SmsOtpError('CONFLICT', 'The numbers have changed meanwhile.');
  }
  await otp.phones.remove(String(userId), number);
  res.redirect(303, '/admin');
}
