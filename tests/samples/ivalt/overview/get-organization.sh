# cURL Example
curl -X GET https://api.ivalt.com/admin/public/api/user/123/organizations/ORG001 \
  -H "x-api-key: YOUR_API_KEY" \
  -H "Content-Type: application/json"
