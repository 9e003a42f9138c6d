import { expect } from 'chai';
import { getPage, postForm, type TestApp, testApp } from '../support/app.ts';

describe('a browser that keeps no cookies', () => {
  it('is told so on the page after the password, for two minutes', async () => {
    const site = testApp();
    const location = await afterPassword(site);
    const { text } = await getPage(site.agent(), location).expect(401);
    expect(text).to.match(/cookie/i);
    site.clock.advance(119);
    await getPage(site.agent(), location).expect(401);
    site.clock.advance(61);
    await getPage(site.agent(), location).expect(303);
  });

  it('is sent to the login page if the link is not of our making, or is of another time', async () => {
    const site = testApp();
    const location = await afterPassword(site);
    const mark = new URL(location, 'http://127.0.0.1').searchParams.get('kept') ?? '';
    const ahead = mark.replace(/^[^.]+/, (minute) => (Number.parseInt(minute, 36) + 1).toString(36));
    for (const kept of ['', 'x', `${mark}x`, ahead]) {
      const { headers } = await getPage(site.agent(), `/auth/code?kept=${kept}`).expect(303);
      expect(headers.location).to.match(/^\/auth\/login/);
    }
    await getPage(site.agent(), `/auth/code?kept=${mark}&kept=${mark}`).expect(303);
  });
});

async function afterPassword(site: TestApp): Promise<string> {
  const { headers } = await postForm(site.agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(
    303,
  );
  return headers.location ?? '';
}
