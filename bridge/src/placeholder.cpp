namespace cxr::bridge {}
