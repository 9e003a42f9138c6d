import { expect } from 'chai';
import { Client } from '../support/client.ts';
import { InstalledPackage } from '../support/installed-package.ts';
import { Trial } from '../support/trial.ts';

const APP = `
const express = require('express');
const session = require('express-session');
const { MemoryUserStore, smsOtp } = require('express-sms-otp');
const app = express();
app.use(session({ secret: 'of the sessions', resave: false, saveUninitialized: false }));
const secret = 'of the codes, 32 bytes or longer';
const transport = { send: async () => ({ status: 'unknown' }) };
app.use(smsOtp({ secret, origin: 'http://localhost', userStore: new MemoryUserStore([]), transport }));
app.get('/dashboard', (req, res) => res.send('in'));
const server = app.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
`;

describe('an app of Express 4', function () {
  this.timeout(300_000); // Express 4 has to be installed
  let project: InstalledPackage;
  let trial: Trial | undefined;

  before(() => {
    project = new InstalledPackage();
    project.remove('node_modules/express');
    project.installBeside('express-4');
    project.write('app.cjs', APP);
  });

  after(() => project?.close());

  afterEach(() => trial?.end());

  it('is refused at the first request, with the remedy', async () => {
    trial = await Trial.start([process.execPath, 'app.cjs'], project.folder, {});
    for (const path of ['/dashboard', '/auth/login']) {
      const { status, body } = await new Client(trial.url).get(path);
      expect({ status, code: body.code }, path).to.deep.equal({ status: 500, code: 'MISCONFIGURED' });
      expect(body.detail).to.include('npm install express@5');
    }
  });

  it('is refused, too, if the package has an Express 5 of its own', async () => {
    project.linkInto('express-sms-otp', 'express');
    trial = await Trial.start([process.execPath, 'app.cjs'], project.folder, {});
    const { status, body } = await new Client(trial.url).get('/dashboard');
    expect({ status, code: body.code }).to.deep.equal({ status: 500, code: 'MISCONFIGURED' });
  });
});
