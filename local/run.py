"""One local run, from nothing to answers."""

import shutil
import time
from pathlib import Path

from client import FacesClient, Polling, UserPool, sign_in
from local import console, guide, users
from local.cloud import LocalCloud
from local.console import say
from local.demo import drawing, runner, scenes, table
from local.deployment import Deployment, Outputs
from local.ports import Ports
from local.processes import ROOT
from local.signals import child_deaths_checked
from local.users import SignIn

SAMPLES = ROOT / ".build" / "samples"
# Where the table of the latest demonstration is, whatever its port.
LATEST = ROOT / ".local" / "demo.json"

# A request here costs nothing and answers in milliseconds.
POLLING = Polling(first=0.01, factor=1.2, longest=0.1, timeout=60.0)


class Run:
    """The steps of `make run` and `make demo`.

    Args:
        folder: Where state, logs and results are.
        ports: Where to listen.
    """

    def __init__(self, folder: Path, *, ports: Ports) -> None:
        self._folder = folder.resolve()
        self._cloud = LocalCloud(folder, ports=ports)
        self._started = False
        self.is_up = False

    def up(self) -> int:
        """Deploy, show the demonstration and stay; ends by a signal, or when a process dies."""
        with child_deaths_checked(self._cloud.check):
            outputs, sign_ins = self._deploy()
            self._demonstrate(outputs, sign_ins["operator"])
            self._explain(outputs, sign_ins)
            self.is_up = True
            while True:
                time.sleep(3600)

    def demo(self) -> int:
        """Deploy, show the demonstration and end; 1 when a photo got a wrong answer, else 0."""
        with child_deaths_checked(self._cloud.check):
            outputs, sign_ins = self._deploy()
            return 0 if self._demonstrate(outputs, sign_ins["operator"]) else 1

    def stop(self) -> None:
        """End every process that was started."""
        if self._started:
            with console.step("stopping, state is kept"):
                self._cloud.stop()

    def _deploy(self) -> tuple[Outputs, dict[str, SignIn]]:
        say(f"Face recognition on this machine ({self._cloud.endpoint})")
        self._cloud.start(step=console.step)
        self._started = True
        deployment = Deployment(self._cloud)
        if not deployment.bootstrapped():
            with console.step("cdk bootstrap"):
                deployment.bootstrap()
        with console.step(f"cdk deploy {deployment.stack}") as step:
            if deployment.is_current():
                step.note = "unchanged"
            else:
                deployment.deploy()
        outputs = deployment.outputs()
        with console.step("admin, operator and user"):
            return outputs, users.create(self._cloud, user_pool_id=outputs.user_pool_id)

    def _demonstrate(self, outputs: Outputs, operator: SignIn) -> bool:
        pool = UserPool(outputs.user_pool_id, outputs.user_pool_client_id, endpoint_url=self._cloud.endpoint)
        with console.step("sign-in as the operator"):
            session = sign_in(pool, email=operator.email, password=operator.password)
        with FacesClient(self._cloud.api_url(outputs.api_id), token=session.access_token, polling=POLLING) as faces:
            with console.step(f"{len(scenes.PEOPLE)} people registered") as step:
                added = runner.register(faces, scenes.PEOPLE, samples=SAMPLES)
                step.note = "" if added else "known already"
            say()
            say(table.header())
            outcomes = []
            for outcome in runner.recognize(faces, scenes.SCENES, samples=SAMPLES):
                say(table.row(outcome))
                outcomes.append(outcome)
        self._write(outcomes)
        wrong = [outcome for outcome in outcomes if not outcome.right]
        say()
        say(f"  {len(outcomes) - len(wrong)} of {len(outcomes)} photos right; drawn in {self._folder / 'annotated'}")
        say()
        return not wrong

    def _write(self, outcomes: list[runner.Outcome]) -> None:
        annotated = self._folder / "annotated"
        annotated.mkdir(exist_ok=True)
        for outcome in outcomes:
            drawing.draw(outcome, annotated)
        table.write(outcomes, self._folder / "demo.json")
        if self._folder.parent == LATEST.parent:
            shutil.copyfile(self._folder / "demo.json", LATEST)

    def _explain(self, outputs: Outputs, sign_ins: dict[str, SignIn]) -> None:
        photo = str((SAMPLES / "obama-2012.jpg").relative_to(ROOT))
        for line in guide.addresses(self._cloud, outputs):
            say(f"  {line}")
        say()
        for line in guide.people(sign_ins):
            say(f"  {line}")
        say()
        say("  By the command line of the client, as the operator (--help tells what else it does):")
        say()
        session = self._folder / "session.json"
        for line in guide.client(self._cloud, outputs, sign_ins["operator"], photo=photo, session=session):
            say(line)
        say()
        say("  By curl:")
        say()
        for line in guide.curl(self._cloud, outputs, sign_ins["operator"], photo=photo):
            say(line)
        say()
        say("  Up. Ctrl-C ends everything; the next start knows what this one learned.")
