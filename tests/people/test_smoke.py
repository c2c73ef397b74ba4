import time
from tests.make import people as make
async def test_smoke(session, cast):
    t=time.time(); await make.make_group(session, cast); print("group", time.time()-t)
    t=time.time(); await make.make_committee(session, cast); print("committee", time.time()-t)
    t=time.time(); await make.make_municipality(session, cast); print("muni", time.time()-t)
